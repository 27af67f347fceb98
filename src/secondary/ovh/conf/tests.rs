use std::os::unix::fs::OpenOptionsExt as _;

use std::io::Write as _;

use super::*;
use crate::facts::registration::ProblemKind;

fn write(folder: &Path, name: &str, mode: u32, text: &str) -> PathBuf {
    let path = folder.join(name);
    let mut options = std::fs::OpenOptions::new();
    let mut file = options.write(true).create_new(true).mode(mode).open(&path).unwrap();
    file.write_all(text.as_bytes()).unwrap();
    path
}

fn signed(found: &Found) -> (&str, &[u8], Option<&[u8]>) {
    match &found.credentials {
        Credentials::Signed { application_key, application_secret, consumer_key } => {
            (application_key, application_secret.octets(), consumer_key.as_ref().map(Secret::octets))
        }
        other => panic!("{other:?}"),
    }
}

/// As the official clients do it: the environment, the file here, that of the person, that of the machine.
#[test]
fn files_are_put_together_key_by_key() {
    let folder = tempfile::tempdir().unwrap();
    let files = vec![
        write(
            folder.path(),
            "etc",
            0o600,
            "[default]\nendpoint = ovh-ca\n[ovh-eu]\napplication_key=a1\napplication_secret=s1\nconsumer_key=c1\n",
        ),
        write(
            folder.path(),
            "home",
            0o600,
            "; mine\n[ovh-eu]\n  Consumer_Key : 'c2'\r\n# x\n[ovh-ca]\nclient_id=i\n",
        ),
        folder.path().join("none"),
        write(folder.path(), "here", 0o600, "[ovh-eu]\napplication_secret = s3 ; not a comment\n"),
    ];
    let found = find(&Sources::of(&[], files.clone()), Some("ovh-eu"), "x").unwrap();
    assert_eq!(signed(&found), ("a1", &b"s3 ; not a comment"[..], Some(&b"c2"[..])));
    assert_eq!(found.endpoint.api, "https://eu.api.ovh.com/1.0");
    assert!(found.warnings.is_empty());
    // The endpoint of the files counts where the configuration names none; a half pair is said.
    let problem = find(&Sources::of(&[], files.clone()), None, "x").unwrap_err();
    assert!(problem.why.contains("client_id") && problem.why.contains("client_secret"), "{problem}");
    // The environment goes before all of them; an empty variable is none.
    let environment = &[
        ("OVH_ENDPOINT", "ovh-eu"),
        ("OVH_APPLICATION_KEY", "a9"),
        ("OVH_APPLICATION_SECRET", "s9"),
        ("OVH_CONSUMER_KEY", ""),
    ];
    let found = find(&Sources::of(environment, files), None, "x").unwrap();
    assert_eq!(signed(&found), ("a9", &b"s9"[..], Some(&b"c2"[..])));
}

#[test]
fn without_anything_it_is_said_what_to_do() {
    let problem = find(&Sources::of(&[], Vec::new()), None, "It does not work.").unwrap_err();
    assert_eq!(problem.kind, ProblemKind::Local);
    assert!(
        problem.why.contains("ovh-eu") && problem.next.contains("https://eu.api.ovh.com/createApp/"),
        "{problem}"
    );
}

#[test]
fn service_accounts_and_tokens() {
    let account = &[("OVH_CLIENT_ID", "i"), ("OVH_CLIENT_SECRET", "s")];
    let found = find(&Sources::of(account, Vec::new()), Some("ovh-us"), "x").unwrap();
    assert!(matches!(found.credentials, Credentials::Account { ref client_id, .. } if client_id == "i"));
    let problem = find(&Sources::of(account, Vec::new()), Some("kimsufi-eu"), "x").unwrap_err();
    assert!(problem.why.contains("service accounts"), "{problem}");
    let found = find(&Sources::of(&[("OVH_ACCESS_TOKEN", "t")], Vec::new()), None, "x").unwrap();
    assert_eq!(found.credentials, Credentials::Token(Secret::new(b"t".to_vec())));
}

#[test]
fn ways_are_not_mixed_and_pairs_are_whole() {
    for (environment, words) in [
        (
            &[("OVH_APPLICATION_KEY", "geheim1"), ("OVH_CLIENT_ID", "geheim2")][..],
            &["application_key", "client_id"][..],
        ),
        (
            &[("OVH_ACCESS_TOKEN", "geheim1"), ("OVH_CONSUMER_KEY", "geheim2")],
            &["consumer_key", "access_token"],
        ),
        (&[("OVH_APPLICATION_KEY", "geheim1")], &["application_key", "no application_secret"]),
        (&[("OVH_APPLICATION_SECRET", "geheim1")], &["no application_key"]),
        (&[("OVH_CONSUMER_KEY", "geheim1")], &["no application_key"]),
        (&[("OVH_CLIENT_SECRET", "geheim1")], &["no client_id"]),
        (&[("OVH_ENDPOINT", "https://geheim.example/1.0")], &["OVH_ENDPOINT", "URL"]),
        (&[("OVH_ENDPOINT", "ovh-xx")], &["ovh-xx"]),
    ] {
        let problem = find(&Sources::of(environment, Vec::new()), None, "x").unwrap_err();
        let text = problem.to_string();
        assert!(words.iter().all(|word| text.contains(word)), "{text}");
        assert!(!format!("{problem:?}").contains("geheim"), "{problem:?}");
    }
}

/// A folder that somebody else filled shall not decide where credentials go.
#[test]
fn a_url_in_a_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = write(folder.path(), "ovh.conf", 0o600, "[default]\nendpoint=http://127.0.0.1:1/1.0\n");
    let problem = find(&Sources::of(&[], vec![file.clone()]), None, "x").unwrap_err();
    assert!(problem.why.contains("is a URL"), "{problem}");
    let own = "[http://127.0.0.1:1/1.0]\napplication_key=a\napplication_secret=b\nconsumer_key=c\n";
    let file = write(folder.path(), "own.conf", 0o600, own);
    let found = find(&Sources::of(&[], vec![file]), Some("http://127.0.0.1:1/1.0"), "x").unwrap();
    assert_eq!(signed(&found).0, "a");
}

#[test]
fn files_that_others_read_or_nobody_can() {
    let folder = tempfile::tempdir().unwrap();
    let text = "[ovh-eu]\napplication_key=a\napplication_secret=geheim\nconsumer_key=c\n";
    let open = write(folder.path(), "open.conf", 0o644, text);
    let found = find(&Sources::of(&[], vec![open, folder.path().into()]), None, "x").unwrap();
    assert_eq!(found.warnings.len(), 1);
    assert!(
        found.warnings[0].contains("chmod 600") && found.warnings[0].contains("open.conf"),
        "{:?}",
        found.warnings
    );
    assert!(!format!("{found:?}").contains("geheim"), "{found:?}");
    for (name, text, words) in [
        ("1", "application_key=geheim\n", "Line 1 of"),
        ("2", "[ovh-eu]\n\ngeheim\n", "Line 3 of"),
        ("3", "[geheim\n", "Line 1 of"),
    ] {
        let problem =
            find(&Sources::of(&[], vec![write(folder.path(), name, 0o600, text)]), None, "x").unwrap_err();
        assert!(problem.why.starts_with(words), "{problem}");
        assert!(!format!("{problem:?}").contains("geheim"), "{problem:?}");
    }
    let huge = write(folder.path(), "huge", 0o600, &"#\n".repeat(40_000));
    assert!(find(&Sources::of(&[], vec![huge]), None, "x").unwrap_err().why.contains("64 KiB"));
    let problem = find(&Sources::of(&[], vec![folder.path().into()]), None, "x").unwrap_err();
    assert!(problem.why.contains("cannot be read"), "{problem}");
}
