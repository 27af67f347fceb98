"""The official client of OVH's API goes the whole cycle at the embedded service.

Place and credentials come in the environment. What only the other side can do is asked for on standard output, a line
each; it answers with a line when it is done. Any difference from what the client is promised ends it with a traceback.
"""

import os
import sys

import ovh
from ovh import client as module

ENDPOINT = "ovh-eu"
module.ENDPOINTS[ENDPOINT] = os.environ["TEST_URL"]
module.OAUTH2_TOKEN_URLS[ENDPOINT] = os.environ["TEST_URL"].removesuffix("/1.0") + "/auth/oauth2/token"
KEY, SECRET, CONSUMER = (os.environ[name] for name in ("TEST_KEY", "TEST_SECRET", "TEST_CONSUMER"))

VPS = "/vps/vps-0a1b2c3d.vps.example"
DEDICATED = "/dedicated/server/ns1234567.example"


def please(*words):
    print(*words, flush=True)
    assert sys.stdin.readline() == "done\n"


def signed(key=KEY, secret=SECRET, consumer=CONSUMER):
    return ovh.Client(ENDPOINT, application_key=key, application_secret=secret, consumer_key=consumer, timeout=10)


def refused(kind, call, *arguments, **fields):
    try:
        call(*arguments, **fields)
    except kind as error:
        assert type(error) is kind, repr(error)
        return str(error)
    raise AssertionError(f"{kind.__name__} was expected")


def register(api, place, domain, **fields):
    said = refused(module.BadParametersError, api.post, place + "/secondaryDnsDomains", domain=domain, **fields)
    assert "ownercheck" in said, said
    value = said.split("'")[3]
    please("serve", domain, value)
    assert api.post(place + "/secondaryDnsDomains", domain=domain, **fields) is None
    return value


api = signed()
assert abs(api.time_delta) < 5
assert api.get("/vps") == [VPS.removeprefix("/vps/")]
assert api.get("/dedicated/server") == [DEDICATED.removeprefix("/dedicated/server/")]
assert api.get(VPS + "/secondaryDnsDomains") == []
nameserver = api.get(VPS + "/secondaryDnsNameServerAvailable")
assert nameserver == {"hostname": "ns3.secondary.example", "ip": "198.51.100.53", "ipv6": None}, nameserver

# A VPS knows its own address; it cannot be asked for the record beforehand, nor be given another primary.
register(api, VPS, "example.com")
details = api.get(VPS + "/secondaryDnsDomains/example.com")
assert sorted(details) == ["creationDate", "dns", "domain", "ipMaster"], details
assert details["ipMaster"] == "192.0.2.1" and details["dns"] == "ns3.secondary.example"
assert api.get(VPS + "/secondaryDnsDomains/example.com/dnsServer") == nameserver
refused(module.ResourceNotFoundError, api.get, VPS + "/secondaryDnsNameDomainToken", domain="example.net")
refused(module.ResourceNotFoundError, api.put, VPS + "/secondaryDnsDomains/example.com", ipMaster="192.0.2.1")
refused(module.ResourceConflictError, api.post, VPS + "/secondaryDnsDomains", domain="example.com")

token = api.get(DEDICATED + "/secondaryDnsNameDomainToken", domain="example.net")
value = register(api, DEDICATED, "example.net", ip="192.0.2.1")
assert token == {"subDomain": "ownercheck", "fieldType": "TXT", "fieldValue": value}, token
assert api.put(DEDICATED + "/secondaryDnsDomains/example.net", ipMaster="192.0.2.1") is None
assert api.get(DEDICATED + "/secondaryDnsDomains") == ["example.net"]
please("served", "example.com", "example.net")

# What it does not take.
posts = VPS + "/secondaryDnsDomains"
for fields in ({"domain": 1}, {}, {"domain": "example.org", "colour": "red"}, {"domain": "example.org", "ip": "::1"}):
    refused(module.BadParametersError, api.post, posts, **fields)
refused(module.ResourceNotFoundError, api.get, "/vps/other.example/secondaryDnsDomains")
refused(module.ResourceNotFoundError, api.get, "/me")

# Who may not ask, and when.
please("errors", "gateway")
refused(module.InvalidKey, signed(key="x").get, "/vps")
refused(module.InvalidCredential, signed(consumer="x").get, "/vps")
assert "ignature" in refused(module.BadParametersError, signed(secret="x").get, "/vps")
late = signed()
late._time_delta = -3600
assert "out of time" in refused(module.BadParametersError, late.get, "/vps")
please("consumer", "expired")
refused(module.NotCredential, api.get, "/vps")
please("consumer", "valid")

# A consumer key is asked for, confirmed, and good for its rules.
asking = signed(consumer=None)
request = asking.new_consumer_key_request()
request.add_rules(ovh.API_READ_ONLY, "/vps")
request.add_rules(ovh.API_READ_ONLY, "/auth/currentCredential")
asked = request.request()
assert asked["state"] == "pendingValidation" and asked["validationUrl"].startswith("http://127.0.0.1:")
refused(module.InvalidCredential, asking.get, "/vps")
please("confirm", asked["validationUrl"])
assert asking.get("/auth/currentCredential")["status"] == "validated"
assert len(asking.get("/vps")) == 1
refused(module.NotGrantedCall, asking.get, "/dedicated/server")

# A service account.
account = ovh.Client(ENDPOINT, client_id=os.environ["TEST_CLIENT_ID"], client_secret=os.environ["TEST_CLIENT_SECRET"])
assert account.get(DEDICATED + "/secondaryDnsDomains") == ["example.net"]
assert account.delete(DEDICATED + "/secondaryDnsDomains/example.net") is None

assert api.delete(VPS + "/secondaryDnsDomains/example.com") is None
refused(module.ResourceNotFoundError, api.delete, VPS + "/secondaryDnsDomains/example.com")
assert api.get(VPS + "/secondaryDnsDomains") == []
print("all", flush=True)
