//! Tests of reading keys.

use std::fs::File;
use std::os::unix::fs::{PermissionsExt, symlink};

use proptest::prelude::*;

use super::*;

/// "a secret for the tests"
const SECRET: &str = "YSBzZWNyZXQgZm9yIHRoZSB0ZXN0cw==";

fn read(text: &str, wanted: Option<&str>, file: &str) -> Result<Key, Failure> {
    from_text(&text.replace("SECRET", SECRET), wanted, Some(Path::new(file)), "The key cannot be used.")
}

fn assert_key(text: &str, wanted: Option<&str>, file: &str, name: &str, algorithm: Algorithm) {
    let key = read(text, wanted, file).unwrap_or_else(|failure| panic!("{text}: {failure}"));
    assert_eq!((key.name.to_string().as_str(), key.algorithm), (name, algorithm), "{text}");
    assert_eq!(key.secret.octets(), b"a secret for the tests", "{text}");
}

const NAMED_CONF: &str = "
// A server's configuration. key \"commented\" { algorithm hmac-md5; secret \"x\"; };
# key hash {
/* key \"block\" { secret \"x\"; }; */
options { directory \"/var/{cache}\"; listen-on port 53 { any; }; };
view \"inside\" {
  key ns0-key { secret 'no'; algorithm \"HMAC-SHA512\"; secret \"SECRET\"; };
  zone \"example.com\" { type primary; update-policy { grant ns0-key zonesub any; }; };
};
key \"other.key.\" {
\talgorithm hmac-sha1; // old
\tsecret SECRET;
};
controls { inet 127.0.0.1 allow { localhost; } keys { \"rndc-key\"; }; };
";

#[test]
fn every_form() {
    use Algorithm::*;
    let generated = "key \"tsig-key\" {\n\talgorithm hmac-sha256;\n\tsecret \"SECRET\";\n};\n";
    assert_key(generated, None, "tsig.key", "tsig-key.", HmacSha256);
    let confgen = format!(
        "# To activate this key, place the following in named.conf, and\n# in a separate keyfile:\n{generated}\n\
         # Then, in the \"zone\" statement, place:\nupdate-policy {{\n\t  grant tsig-key zonesub ANY;\n}};\n\
         # After the keyfile has been placed, use: nsupdate -k <keyfile>\n"
    );
    assert_key(&confgen, None, "x", "tsig-key.", HmacSha256);
    assert_key(
        "key \"local-ddns\" { algorithm hmac-sha256; secret \"SECRET\"; };",
        None,
        "session.key",
        "local-ddns.",
        HmacSha256,
    );
    assert_key(NAMED_CONF, Some("NS0-key"), "named.conf", "ns0-key.", HmacSha512);
    assert_key(NAMED_CONF, Some("other.key"), "named.conf", "other.key.", HmacSha1);
    let private = "Private-key-format: v1.3\nAlgorithm: 163 (HMAC_SHA256)\nKey: SECRET\nBits: AAA=\n";
    assert_key(private, None, "/etc/Kns0.example.com.+163+04711.private", "ns0.example.com.", HmacSha256);
    let record = "ns0.example.com. IN KEY 512 3 157 YSBzZWNyZXQgZm9y IHRoZSB0ZXN0cw==\n";
    assert_key(record, None, "Kns0.example.com.+157+04711.key", "ns0.example.com.", HmacMd5);
    let knot =
        "# hmac-sha224:knot-key:SECRET\nkey:\n- id: knot-key\n  algorithm: hmac-sha224\n  secret: SECRET\n";
    assert_key(knot, None, "knot.key", "knot-key.", HmacSha224);
    let conf = format!(
        "server:\n    listen: 127.0.0.1@53\n{knot}  - id: \"second\" # new\n    secret: \"SECRET\"\n    algorithm: hmac-sha384\n\
         acl:\n  - id: update\n    key: knot-key\n    algorithm: nonsense\n"
    );
    assert_key(&conf, Some("second"), "knot.conf", "second.", HmacSha384);
    assert_key("hmac-sha512:env-key.:SECRET\n", None, "", "env-key.", HmacSha512);
}

#[test]
fn each_mistake_has_its_own_message() {
    let bind =
        |algorithm: &str, secret: &str| format!("key k {{ algorithm {algorithm}; secret \"{secret}\"; }};");
    for (text, wanted, part) in [
        (bind("hmac-sha256", "hunter2!"), None, "not valid base64"),
        (bind("hmac-sha256", ""), None, "an empty secret"),
        (bind("hmac-sha3", SECRET), None, "the algorithm \"hmac-sha3\", which is none for TSIG"),
        ("key k { secret \"SECRET\"; };".into(), None, "has no algorithm"),
        ("key k { algorithm hmac-sha256; };".into(), None, "has no secret"),
        ("key a..b { algorithm hmac-sha256; secret \"SECRET\"; };".into(), None, "no domain name"),
        ("Private-key-format: v1.3\nAlgorithm: 163\nKey: SECRET\n".into(), None, "no domain name"),
        ("Private-key-format: v1.3\nAlgorithm: 13 (ECDSAP256SHA256)\n".into(), None, "no domain name"),
        ("options { };".into(), None, "There is no key in it"),
        (String::new(), Some("k"), "There is no key in it"),
        (NAMED_CONF.into(), None, "There are 2 keys in it: \"ns0-key\", \"other.key.\""),
        (NAMED_CONF.into(), Some("third"), "has no key \"third\", only \"ns0-key\", \"other.key.\""),
        (NAMED_CONF.into(), Some("a..b"), "no key name"),
    ] {
        let failure = read(&text, wanted, "x.key").unwrap_err().to_string();
        assert!(failure.contains(part), "{text}: {failure}");
        assert!(!failure.contains("hunter2") && !failure.contains(SECRET), "{failure}");
    }
}

#[test]
fn files_that_others_can_read_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("my key");
    std::fs::write(&path, format!("hmac-sha256:k:{SECRET}")).unwrap();
    for (mode, fine) in [(0o600, true), (0o400, true), (0o640, false), (0o604, false), (0o660, false)] {
        std::fs::set_permissions(&path, PermissionsExt::from_mode(mode)).unwrap();
        let read = from_file(&path);
        assert_eq!(read.is_ok(), fine, "{mode:o}");
        if let Err(failure) = read {
            assert!(failure.next.contains(&format!("chmod 600 '{}'", path.display())), "{failure}");
        }
    }
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).unwrap();
    let link = directory.path().join("link");
    symlink(&path, &link).unwrap();
    assert!(load(&KeySource::File(link)).is_ok());
    assert!(from_file(directory.path()).unwrap_err().why.contains("not a regular file"));
    assert!(from_file(Path::new("/dev/null")).unwrap_err().why.contains("not a regular file"));
    assert!(from_file(&directory.path().join("none")).unwrap_err().why.contains("no such file"));
    let file = File::options().write(true).open(&path).unwrap();
    file.set_len((1 << 20) + 1).unwrap();
    assert!(from_file(&path).unwrap_err().why.contains("1 MiB"));
}

#[test]
fn one_key_of_a_file_by_its_name() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("named.conf");
    std::fs::write(&path, NAMED_CONF.replace("SECRET", SECRET)).unwrap();
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).unwrap();
    let mut named = path.into_os_string();
    named.push("#ns0-key");
    assert_eq!(from_file(Path::new(&named)).unwrap().name.to_string(), "ns0-key.");
}

#[test]
fn commands_and_variables() {
    let command = |script: &str| KeySource::Command(vec!["sh".into(), "-c".into(), script.into()]);
    assert!(load(&command(&format!("echo hmac-sha256:k:{SECRET}"))).is_ok());
    for (source, part) in [
        (command(&format!("echo hmac-sha256:k:{SECRET}; exit 3")), "exit status: 3"),
        (command("yes"), "1 MiB"),
        (KeySource::Command(vec!["/nonexistent/program".into()]), "does not start"),
        (KeySource::Command(Vec::new()), "no program"),
        (KeySource::Env("ZONEWRIGHT_TEST_NO_SUCH_VARIABLE".into()), "not set"),
    ] {
        let failure = load(&source).unwrap_err().to_string();
        assert!(failure.contains(part) && !failure.contains(SECRET), "{failure}");
    }
}

proptest! {
    #[test]
    fn any_text_is_a_key_or_a_message(text in "([a-z:{};\"#/* \n-]|key|algorithm|secret|id){0,60}") {
        let _ = from_text(&text, None, None, "x");
    }
}
