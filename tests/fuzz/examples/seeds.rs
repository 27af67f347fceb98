//! Writes the seed corpora: `seeds/TARGET/NAME`. Run it after a change of what a target reads (tests/fuzz/run seeds).

use std::fs;
use std::path::Path;

use zonewright::wire::answer::Asked;
use zonewright::wire::key::{Algorithm, Key, Secret};
use zonewright::wire::tsig::sign_request;
use zonewright::wire::update::encode;
use zonewright::zone::update::{Operation, Prerequisite, Update};
use zonewright::zone::{Name, Soa, types};
use zonewright::zonefile::{print_aligned, print_plain, read_zone, unchanged};
use zonewright_fuzz::{Entry, ZONE, entries, message, name, origin, pool, zone};

/// Texts whose RDATA is out of the ordinary: lists of many kinds, empty fields, escapes, what stands in the generic form.
const ODD: &str = "@ 1 TXT \"\" \"a\\\"b\\\\c\" \"\\000\\255;@\"
@ 1 TXT \" both ends blank \"
@ 1 CAA 128 issue \"\"
@ 1 CNAME a\\.b.\\064.\\;.\\(\\)\\$\\\"
@ 1 HTTPS 0 svc
@ 1 SVCB 16 . mandatory=alpn,ipv4hint alpn=\"h2,f\\\\\\\\oo\\\\,bar,h3\" no-default-alpn port=53 ipv4hint=192.0.2.1,192.0.2.2 ech=AAE= ipv6hint=2001:db8::1 dohpath=/q{?dns} key65280=\"a\\000b\"
@ 1 NSEC \\000.host A MX RRSIG NSEC TYPE1234 TYPE65535
@ 1 NSEC3 1 1 0 - 2t7b4g4vsa5smi47k61mv5bv1a22bojr
@ 1 NSEC3 1 0 12 aabbccdd 00 A
@ 1 LOC 42 21 54.123 N 71 6 18.999 W -24.50m 30m 90000000.00m 0.01m
@ 1 APL 1:192.168.32.0/21 !1:192.168.38.0/28 2:ff00::/8
@ 1 IPSECKEY 10 1 2 192.0.2.38 AQ==
@ 1 IPSECKEY 10 3 2 Gw AQ==
@ 1 IPSECKEY 10 0 2 . AQ==
@ 1 AMTRELAY 10 1 2 2001:db8::1
@ 1 AMTRELAY 10 0 3 relay
@ 1 HIP 2 200100107B1A74DF365639CC39F1D578 AwEAAbdx rvs1 rvs2.example.net.
@ 1 WKS 10.0.0.1 TCP 0 23 25 65535
@ 1 NXT next A TYPE127
@ 1 KEY 49152 3 0
@ 1 ISDN 150862028003217 004
@ 1 X25 311061700956
@ 1 NSAP 0x47.0005.80.00
@ 1 ZONEMD 1 1 241 AA
@ 1 CDS 0 0 0 00
@ 1 CERT PGP 0 0 AQID
@ 1 RRSIG TYPE65280 253 255 4294967295 21060207062815 19700101000000 65535 . AQ==
@ 1 URI 10 1 \"a\"
@ 1 NAPTR 100 50 \"u\" \"E2U+sip\" \"!^.*$!sip:x@example.com!\" .
@ 1 A \\# 3 0A0000
@ 1 MX \\# 5 000AC00C00
@ 1 TYPE731 \\# 0
";

const ZONE_FILE: &str = "; every kind of line
$DATE 20261122
$ORIGIN example.com.
$TTL 1h30m
@\tIN SOA ns1 host\\.master ( ; a comment; with \"quotes\" and (
\t2026112101 2h 30m 2w
\t10m )
\t\tNS ns1
 300 IN NS ns2.example.net.
a A 192.0.2.1 ; same owner below
 60 A 192.0.2.2
A\\032b\\;c.\\@.\\000 TXT \"two\\\" \\\\words\" plain \\# \"\"
*.w IN 1W AAAA ::1
$ORIGIN sub
@ MX 10 @
\\$x ( SRV
 0 0 ( 443 ) \\. )
long CNAME a.b.c.d.e.f
t TYPE65280 \\# 3 01 02 ( 03 )
";

const GENERATED: &str = "$TTL 60
@ SOA ns1 hostmaster 1 2 3 4 5
@ NS ns1
$GENERATE 1-20/3 host$ A 192.0.2.$
$GENERATE 0-9 ${1,3,x}.r 60 IN CNAME \\$.${-1,2,o}.${0,0,d}x${0,5,n}
";

/// A text, and after the line of percent signs what some of its RRsets are to become.
const EDITED: &str = "; a zone
$ORIGIN example.com.
$TTL 1h
@       SOA   ns1 host (
              1 ; serial
              2h 30m 2w
              10m )
        NS    ns1  ; here
    5m  MX    10 mail
www     A     192.0.2.1 ; first
        A     192.0.2.2
        TXT   ( \"one\" ; 1
                two )
$ORIGIN sub
x IN 1d AAAA 2001:db8::1
$GENERATE 1-3 h$ A 192.0.2.$
;~ y A 192.0.2.9
%%
@ 3600 SOA ns1 host 2 7200 1800 1209600 60
www 300 A 192.0.2.2
www 300 A 192.0.2.3
www 0 TXT gone
new 60 A 192.0.2.4
h2.sub 3600 A 192.0.2.77
";

/// What an owner of raw octets hands down.
const OUTSIDE_ASCII: &str = "\
@ 60 SOA a b 1 2 3 4 5
b\u{fc}cher 300 A 192.0.2.2
\tTXT x
 9 A 192.0.2.3
%%
$TTL 600
b\u{fc}cher A 192.0.2.9
";

/// The same, with TTLs and owners that come from the lines before, and parked records.
const INHERITED: &str = "@ SOA a b 1 2 3 4 60
w A 192.0.2.1
 9 A 192.0.2.2
\tTXT x
v TXT \"a;b\" c ; d
;~ w A 192.0.2.7
;~  TXT (
;~  q )
u A 192.0.2.3
%%
@ 60 SOA a b 2 2 3 4 70
w 0 A 192.0.2.1
u 9 A 192.0.2.4
";

const BROKEN: &str = "$TTL x
@ SOA a b 1 2 3
a A 1.2.3
b TXT \"open
c MX (10 mail
d NOTYPE x
.. A 192.0.2.1
e \\999 A 192.0.2.1
f MX mail 10
g TXT aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
bücher A 192.0.2.1
$INCLUDE other
$ORIGN x
";

/// Writes one seed.
fn write(target: &str, title: &str, octets: impl AsRef<[u8]>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds").join(target);
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join(title), octets).expect("a seed");
}

/// Messages, each after its length, behind what the target begins with.
fn stream(head: &[u8], messages: &[Vec<u8>]) -> Vec<u8> {
    let mut octets = head.to_vec();
    for message in messages {
        octets.extend((message.len() as u16).to_be_bytes());
        octets.extend(message);
    }
    octets
}

/// A record of every type of the table, made of the examples of its fields.
fn every_type() -> Vec<Entry> {
    let record = |info: &types::TypeInfo| {
        let examples: Vec<&str> = info.fields.iter().map(|field| field.example).collect();
        let rdata = types::parse_fields(info.rtype, &examples, origin().as_ref()).expect("examples");
        let owner = name(format!("{}.example.com.", info.mnemonic).as_bytes());
        Entry { owner, rtype: info.rtype, ttl: 300, rdata }
    };
    let managed = |entry: &Entry| entry.rtype == zonewright::zone::RecordType::SOA;
    types::table().iter().map(record).filter(|entry| !managed(entry)).collect()
}

/// A record of the zone with another serial, as the SOA of a version.
fn soa(serial: u32) -> Entry {
    let first = pool().iter().find(|entry| entry.is_apex_soa()).expect("an SOA").clone();
    let rdata = Soa { serial, ..Soa::from_rdata(&first.rdata).expect("an SOA") }.to_rdata();
    Entry { rdata, ..first }
}

fn find(text: &str) -> Entry {
    entries(text).remove(0)
}

fn rdata_and_fields() {
    let mut kinds = Vec::new();
    for (number, entry) in every_type().into_iter().chain(entries(ODD)).chain([soa(1)]).enumerate() {
        let title = format!("{}-{number:03}", entry.rtype);
        write("rdata", &title, [&entry.rtype.0.to_be_bytes(), &*entry.rdata].concat());
        // The words of the line: blanks divide them, but not between quotes.
        let line = types::format_rdata(entry.rtype, &entry.rdata, Some(origin().as_ref()));
        let (mut words, mut quoted, mut escaped) = (String::new(), false, false);
        for character in line.chars() {
            match character {
                '"' if !escaped => {
                    if !quoted {
                        words.push('"');
                    }
                    quoted = !quoted;
                }
                ' ' if !quoted => words.push('\n'),
                _ => words.push(character),
            }
            escaped = character == '\\' && !escaped;
        }
        let head = [&entry.rtype.0.to_be_bytes()[..], &[0]].concat();
        write("field", &title, [&head, words.as_bytes()].concat());
        let fields = types::info(entry.rtype).map(|info| info.fields).unwrap_or_default();
        if fields.iter().all(|field| kinds.contains(&field.kind)) {
            continue;
        }
        kinds.extend(fields.iter().map(|field| field.kind));
        if let Some(texts) = types::format_fields(entry.rtype, &entry.rdata, Some(origin().as_ref())) {
            let head = [&entry.rtype.0.to_be_bytes()[..], &[1]].concat();
            write("field", &format!("{title}-form"), [&head, texts.join("\n").as_bytes()].concat());
        }
    }
}

/// The updates that have something of every form.
fn updates() -> Vec<(&'static str, Update)> {
    let rdata = |text: &str| {
        let Entry { owner, rtype, ttl, rdata } = find(text);
        (owner, rtype, ttl, rdata)
    };
    let add = |text: &str| {
        let (owner, rtype, ttl, rdata) = rdata(text);
        Operation::Add(owner, rtype, ttl, rdata)
    };
    let delete = |text: &str| {
        let (owner, rtype, _, rdata) = rdata(text);
        Operation::DeleteRecord(owner, rtype, rdata)
    };
    let below = |label: &str| name(format!("{label}.example.com.").as_bytes());
    let (a, _, _, first) = rdata("a 0 A 192.0.2.1");
    let (_, address, _, second) = rdata("a 0 A 192.0.2.2");
    let prerequisites = vec![
        Prerequisite::NameInUse(a.clone()),
        Prerequisite::NameNotInUse(below("new")),
        Prerequisite::RrsetExists(origin(), zonewright::zone::RecordType::NS),
        Prerequisite::RrsetAbsent(a.clone(), zonewright::zone::RecordType::AAAA),
        Prerequisite::RrsetIs(a.clone(), address, vec![second, first]),
    ];
    let operations = vec![
        delete("a 0 A 192.0.2.1"),
        add("a 300 A 192.0.2.9"),
        Operation::DeleteRrset(below("s"), zonewright::zone::RecordType::RRSIG),
        Operation::DeleteName(below("b")),
        add("b 60 TXT gone"),
        add("new 60 CNAME a"),
    ];
    let protected = vec![
        Operation::DeleteName(origin()),
        Operation::DeleteRrset(origin(), zonewright::zone::RecordType::NS),
        delete("@ 0 NS ns1"),
        delete("@ 0 NS ns2"),
        delete("@ 0 SOA ns1 hostmaster 100 7200 900 1209600 300"),
        add("b 60 A 192.0.2.1"),
        add("a 60 CNAME b"),
        add("@ 300 SOA ns1 hostmaster 99 7200 900 1209600 300"),
        add("@ 300 SOA ns1 hostmaster 200 7200 900 1209600 300"),
        add("d 60 DNAME another"),
    ];
    let every = every_type()
        .into_iter()
        .map(|entry| Operation::Add(entry.owner, entry.rtype, entry.ttl, entry.rdata));
    let update = |prerequisites: &[Prerequisite], operations: Vec<Operation>| Update {
        zone: origin(),
        prerequisites: prerequisites.to_vec(),
        operations,
    };
    vec![
        ("forms", update(&prerequisites, operations)),
        ("protected", update(&[], protected)),
        ("types", update(&[], every.collect())),
    ]
}

fn key(algorithm: Algorithm) -> Key {
    Key { name: name(b"other-key."), algorithm, secret: Secret::new(vec![7; 32]) }
}

fn messages() {
    write("message", "types", message(1, &every_type()));
    write("message", "odd", message(1, &entries(ODD)));
    write("message", "zone", message(1, &entries(ZONE)));
    for (title, update) in updates() {
        write("message", &format!("update-{title}"), encode(2, &update).expect("an update"));
        write("apply", title, [&[0][..], &encode(2, &update).expect("an update")].concat());
    }
    let mut signed = Asked::ixfr(3, origin()).to_ixfr_message(100);
    sign_request(&key(Algorithm::HmacSha256), &mut signed, 0).expect("a signature");
    write("message", "ixfr-signed", signed);
    // Names inside RDATA that are compressed, and pointers that lead to pointers; an OPT record.
    let mut compressed = vec![0, 4, 0x84, 0, 0, 1, 0, 5, 0, 0, 0, 1];
    compressed.extend(b"\x07example\x03com\0\0\xff\0\x01");
    compressed.extend(b"\xc0\x0c\0\x02\0\x01\0\0\0\x3c\0\x06\x03ns1\xc0\x0c");
    compressed.extend(b"\xc0\x29\0\x01\0\x01\0\0\0\x3c\0\x04\xc0\0\x02\x01");
    compressed.extend(b"\x01a\xc0\x29\0\x05\0\x01\0\0\0\x3c\0\x02\xc0\x3f");
    compressed.extend(b"\xc0\x3f\0\x0f\0\x01\0\0\0\x3c\0\x06\0\x0a\x01b\xc0\x3f");
    compressed.extend(b"\xc0\x0c\0\x06\0\x01\0\0\0\x3c\0\x18\xc0\x29\xc0\x3f");
    compressed.extend([0; 20]);
    compressed.extend(b"\0\0\x29\x04\xd0\0\0\0\0\0\0");
    write("message", "compressed", compressed);
}

fn transfers() {
    let zone = entries(ZONE);
    let whole = [zone.as_slice(), &zone[..1]].concat();
    let one_each: Vec<Vec<u8>> = whole.iter().map(|entry| message(0, [entry])).collect();
    let typed = [&zone[..2], &every_type(), &entries(ODD), &zone[..1]].concat();
    write("transfer", "one-message", stream(&[0], &[message(0, &whole)]));
    write("transfer", "one-record-each", stream(&[0], &one_each));
    write("transfer", "one-record-each-signed", stream(&[0b1011_0110], &one_each));
    write("transfer", "signed", stream(&[2], &[message(0, &whole)]));
    write("transfer", "types", stream(&[2], &[message(0, &typed)]));
    let question = Asked::axfr(0, origin()).to_message();
    let mut refused = question.clone();
    (refused[2], refused[3]) = (0x84, 5);
    write("transfer", "refused", stream(&[2], &[refused]));
    let script = |last: &[u8]| [&(0..20).collect::<Vec<u8>>(), last].concat();
    write("transfer", "script", [&[1], script(&[0]).as_slice()].concat());
    write(
        "transfer",
        "script-signed",
        [&[0xff, 0x80, 1, 0x82, 0x83, 0x84, 0x85, 0x86], script(&[0]).as_slice()].concat(),
    );
}

fn differences() {
    let zone = entries(ZONE);
    let host = |text: &str| find(text);
    let (a, b) = (host("a 60 A 192.0.2.1"), host("a 60 A 192.0.2.8"));
    let one = [soa(101), soa(100), a.clone(), soa(101), b.clone(), soa(101)];
    let two = [
        soa(102),
        soa(100),
        a.clone(),
        soa(101),
        b.clone(),
        soa(101),
        b,
        soa(102),
        a,
        host("new 60 TXT x"),
        soa(102),
    ];
    let mut whole = zone;
    whole[0] = soa(105);
    whole.push(soa(105));
    for (title, entries) in [("unchanged", &[soa(100)][..]), ("one", &one), ("two", &two), ("whole", &whole)]
    {
        write("ixfr", title, stream(&[0], &[message(0, entries)]));
        let one_each: Vec<Vec<u8>> = entries.iter().map(|entry| message(0, [entry])).collect();
        write("ixfr", &format!("{title}-one-each"), stream(&[0], &one_each));
    }
    // The same by places in the pool, and what takes away or adds what it must not.
    let place = |text: &str| {
        let wanted = host(text);
        pool().iter().position(|entry| *entry == wanted).expect("a record of the pool") as u8
    };
    let [old, new, newer] = [100, 101, 102]
        .map(|serial| place(&format!("@ 300 SOA ns1 hostmaster {serial} 7200 900 1209600 300")));
    let (there, absent) = (place("a 60 A 192.0.2.1"), place("a 60 A 192.0.2.9"));
    let (mixed, spelled) = (place("m 300 A 192.0.2.5"), place("A 60 A 192.0.2.1"));
    let outside = place("example.net. 60 A 192.0.2.1");
    for (title, script) in [
        ("script-one", &[1, new, old, there, mixed, new, absent, new][..]),
        ("script-two", &[1, newer | 0x80, old, there, new, new, newer, spelled, newer]),
        ("script-twice", &[1, new, old, there, there, new, absent, absent, new]),
        ("script-outside", &[1, new, old, new, outside, new]),
        ("script-whole", &[1, new, there, absent, 1, new]),
        ("script-alone", &[1, new | 0x80, new]),
    ] {
        write("ixfr", title, script);
    }
}

fn signatures() {
    let mut answer = Asked::axfr(7, origin()).to_message();
    answer[2] = 0x84;
    let records = message(7, &entries(ZONE)[..4]);
    let request = Asked::axfr(7, origin()).to_message();
    let ixfr = Asked::ixfr(7, origin()).to_ixfr_message(100);
    for (number, algorithm) in (0..).zip(Algorithm::ALL) {
        // The server has the same key from 18 on; 128 is the client's own time.
        let answers = [request.clone(), answer.clone(), records.clone(), answer.clone()];
        write(
            "tsig",
            &format!("{algorithm}"),
            stream(&[18 + number, 128, 0b10, 0, 5 + number % 3, number, 0, 30, 1], &answers),
        );
    }
    let many = [ixfr.clone(), answer.clone(), records.clone(), answer.clone(), records, answer];
    for (title, kind) in [("insert", 0), ("cut", 1), ("drop", 2), ("repeat", 3), ("swap", 4), ("octet", 5)] {
        write("tsig", &format!("stream-{title}"), stream(&[21, 128, 0b01010, 2, kind, 1, 0, 60, 9], &many));
    }
    write("tsig", "too-many-unsigned", stream(&[21, 128, 0b10, 99, 5, 1, 0, 60, 9], &many));
    write("tsig", "last-unsigned", stream(&[21, 128, 0b10000, 0, 5, 1, 0, 60, 9], &many));
    for (title, first, clock) in [
        ("other-secret", 3, 128),
        ("other-name", 9, 128),
        ("other-algorithm", 15, 128),
        ("late", 21, 200),
        ("early", 21, 97),
    ] {
        write("tsig", title, stream(&[first, clock, 0, 0, 5, 0, 0, 40, 32], &[ixfr.clone()]));
    }
}

fn scripts() {
    let place = |text: &str| {
        let wanted = find(text);
        pool().iter().position(|entry| *entry == wanted).expect("a record of the pool") as u8
    };
    let (soa_far, a, alias) = (
        place("@ 300 SOA ns1 hostmaster 2147483747 7200 900 1209600 300"),
        place("a 60 A 192.0.2.9"),
        place("a 60 CNAME b"),
    );
    let (mx, ns, other_ns) = (3, place("@ 300 NS ns1"), 2);
    for (title, script) in [
        ("script-add", &[1, 11, a, 11, alias, 11, soa_far][..]),
        ("script-delete", &[1, 8, ns, 8, other_ns, 7, mx, 5, 0, 6, 4]),
        ("script-prerequisites", &[1, 0, 4, 1, place("new 60 CNAME a"), 2, 4, 3, a, 4, 4, 4, 5, 11, a]),
        (
            "script-signed",
            &[1, 7, place("s 60 RRSIG TXT 13 3 60 20300101000000 20200101000000 1 @ AQ=="), 8, 11],
        ),
        ("script-mixed", &[1, 8, 13, 11, place("m 60 A 192.0.2.6")]),
    ] {
        write("apply", title, script);
    }
}

/// A zone in both styles.
fn printed(entries: &[Entry]) -> (Vec<u8>, Vec<u8>) {
    let zone = zone(entries);
    let (mut plain, mut aligned) = (Vec::new(), Vec::new());
    print_plain(&zone, &mut plain).expect("a text");
    print_aligned(unchanged(&zone), None, &mut aligned).expect("a text");
    (plain, aligned)
}

/// Records of every kind that a server loads from a file, each of the odd ones at a name of its own.
fn everything() -> Vec<Entry> {
    let mut all = entries("@ 300 SOA ns1 hostmaster 100 7200 900 1209600 300\n@ 300 NS ns.example.net.\n");
    let odd = (0..).zip(entries(ODD)).map(|(number, entry)| {
        let owner = name(format!("o{number}.example.com.").as_bytes());
        Entry { owner, ..entry }
    });
    for entry in entries(ZONE).into_iter().chain(every_type()).chain(odd) {
        all.push(entry);
        if read_zone(&printed(&all).0, Some(&origin())).is_err() {
            all.pop();
        }
    }
    all
}

fn texts() {
    write("document", "lines", EDITED);
    write("document", "inherited", INHERITED);
    write("document", "outside-ascii", OUTSIDE_ASCII);
    write("document", "crlf", EDITED.replace('\n', "\r\n").replace("%%\r", "%%"));
    write("zonefile", "lines", ZONE_FILE);
    write("zonefile", "broken", BROKEN);
    write("zonefile", "generated", GENERATED);
    write("zonefile", "demo", include_str!("../../../assets/demo.zone"));
    let (plain, aligned) = printed(&everything());
    write("zonefile", "plain", plain);
    write("zonefile", "aligned", aligned);

    let secret = "YSBzZWNyZXQgZm9yIHRoZSB0ZXN0cw==";
    for (title, text) in [
        ("bind", "# From tsig-keygen\nkey \"a\" {\n\talgorithm hmac-sha256;\n\tsecret \"SECRET\";\n};\n"),
        (
            "named-conf",
            "// comment key \"x\" { };\noptions { directory \"/var/{c}\"; };\nview v {\n key a { secret 'no'; algorithm \"HMAC-SHA512\"; secret \"SECRET\"; };\n};\n/* key */ key \"b.\" { algorithm sha1; secret SECRET; };\n",
        ),
        ("private", "Private-key-format: v1.3\nAlgorithm: 163 (HMAC_SHA256)\nKey: SECRET\nBits: AAA=\n"),
        ("key", "a. IN KEY 512 3 157 YSBzZWNyZXQgZm9y IHRoZSB0ZXN0cw==\n"),
        (
            "knot",
            "# hmac-sha224:knot-key:SECRET\nkey:\n- id: a\n  algorithm: hmac-sha224\n  secret: SECRET\n",
        ),
        (
            "knot-conf",
            "server:\n    listen: 127.0.0.1@53\nkey:\n  - id: \"a\" # new\n    secret: \"SECRET\"\n    algorithm: hmac-sha384\n  - id: b\n    algorithm: hmac-md5\n    secret: SECRET\nacl:\n  - id: update\n    key: a\n",
        ),
        ("words", "hmac-sha512:a.:SECRET\n"),
        (
            "two",
            "key \"one\" { algorithm hmac-sha256; secret \"SECRET\"; };\nkey \"t\\o\" { algorithm hmac-sha3; secret \"!\"; };\n",
        ),
    ] {
        write("keyfile", title, text.replace("SECRET", secret));
    }
}

/// What records are made from, each behind the octet that chooses its type.
fn material() {
    use base64::Engine as _;
    let unwrapped = |text: &str| {
        let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with(['-', '='])).collect();
        base64::engine::general_purpose::STANDARD.decode(lines.concat()).expect("base 64")
    };
    let certificate = include_str!("../../../src/app/form/material/tests/certificate.pem");
    let openpgp = include_str!("../../../src/app/form/material/tests/openpgp.asc");
    let ssh = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOW6yMMRyVZqUJe0RSld3SywoIyyz5wNsFbIGSLWKYLS host.example.com\n";
    let key = "@ IN DNSKEY 257 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ==\n";
    for (choice, title, file) in [
        (0, "tlsa", certificate.as_bytes().to_vec()),
        (0, "der", unwrapped(certificate)),
        (1, "smimea", certificate.as_bytes().to_vec()),
        (2, "ssh", ssh.as_bytes().to_vec()),
        (3, "ds", key.as_bytes().to_vec()),
        (4, "cds", key.as_bytes().to_vec()),
        (5, "cert", certificate.as_bytes().to_vec()),
        (6, "openpgp-armour", openpgp.as_bytes().to_vec()),
        (6, "openpgp", unwrapped(openpgp)),
    ] {
        write("material", title, [vec![choice], file].concat());
    }
}

fn main() {
    material();
    rdata_and_fields();
    messages();
    transfers();
    differences();
    signatures();
    scripts();
    texts();
    // The root is a name like every other.
    write("message", "root", Asked::soa(0, Name::root()).to_message());
}
