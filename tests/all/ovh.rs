//! OVH's API through the program: credentials from where OVH's own clients have them, and a consumer key asked for.
//! The backend itself is held by its own tests, the embedded service by the official client.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::Ipv4Addr;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use zonewright::server::service::{self, Handle};
use zonewright::wire::key::Secret;
use zonewright::zone::Name;

fn start() -> Handle {
    let name = Name::parse(b"ns3.secondary.example.", None).unwrap();
    service::start(service::Options::new(name, Ipv4Addr::new(198, 51, 100, 53))).unwrap()
}

fn text(secret: &Secret) -> String {
    String::from_utf8(secret.octets().to_vec()).unwrap()
}

fn zonewright(home: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_zonewright"));
    command.args(arguments).current_dir(home).env("HOME", home);
    for variable in ["XDG_CONFIG_HOME", "XDG_STATE_HOME", "OVH_ENDPOINT", "OVH_CONSUMER_KEY"] {
        command.env_remove(variable);
    }
    command
}

fn configuration(home: &Path, url: &str) {
    let folder = home.join(".config/zonewright");
    fs::create_dir_all(&folder).unwrap();
    let config = format!("[secondary.ovh]\nbackend = \"ovh\"\nendpoint = \"{url}\"\n");
    fs::write(folder.join("config.toml"), config).unwrap();
}

fn conf(path: &Path, mode: u32, text: &str) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn words(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout)
}

#[test]
fn a_consumer_key_is_confirmed_and_used() {
    let service = start();
    let own = &service.credentials;
    let home = tempfile::tempdir().unwrap();
    configuration(home.path(), &service.url);
    let nothing = zonewright(home.path(), &["secondary", "login"]).output().unwrap();
    assert_eq!(nothing.status.code(), Some(2), "{nothing:?}");
    assert!(words(&nothing).contains("/createApp/"), "{nothing:?}");

    let application = format!(
        "[{}]\napplication_key={}\napplication_secret={}\n",
        service.url,
        own.application_key,
        text(&own.application_secret)
    );
    conf(&home.path().join(".ovh.conf"), 0o600, &application);
    // Without one it is said what to do.
    let list = zonewright(home.path(), &["secondary", "list"]).output().unwrap();
    assert_eq!(list.status.code(), Some(2), "{list:?}");
    assert!(words(&list).contains("zonewright secondary login"), "{list:?}");

    let mut login = zonewright(home.path(), &["secondary", "login", "ovh", "--timeout", "60"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    let mut lines = BufReader::new(login.stderr.take().unwrap()).lines();
    let page = lines.by_ref().map(Result::unwrap).find(|line| line.trim().starts_with("http")).unwrap();
    assert!(service.confirm(page.trim()), "{page}");
    lines.for_each(|line| said.push_str(&line.unwrap()));
    let mut line = String::new();
    login.stdout.take().unwrap().read_to_string(&mut line).unwrap();
    assert_eq!(login.wait().unwrap().code(), Some(0), "{said}");
    let key = line.trim_end().strip_prefix("consumer_key=").unwrap();
    assert!(!said.contains(key), "{said}");
    assert!(said.contains(&service.url) && said.contains("chmod 600"), "{said}");

    // Put where it belongs; the file here goes before that of the person.
    conf(&home.path().join("ovh.conf"), 0o644, &format!("[{}]\n{line}", service.url));
    let list = zonewright(home.path(), &["secondary", "list", "--json"]).output().unwrap();
    assert_eq!(list.status.code(), Some(0), "{list:?}");
    assert!(words(&list).contains("chmod 600"), "others may read it: {list:?}");
    for output in [&nothing, &list] {
        for secret in [key, &text(&own.application_secret)] {
            assert!(!words(output).contains(secret), "{output:?}");
        }
    }
    // Nobody confirms: the answer is no.
    let waited = zonewright(home.path(), &["secondary", "login", "--timeout", "1"]).output().unwrap();
    assert_eq!(waited.status.code(), Some(1), "{waited:?}");
    assert!(waited.stdout.is_empty(), "{waited:?}");
}

#[test]
fn credentials_that_contradict_each_other_are_told_without_them() {
    let service = start();
    let home = tempfile::tempdir().unwrap();
    configuration(home.path(), &service.url);
    let run = |variables: &[(&str, &str)]| {
        let mut command = zonewright(home.path(), &["secondary", "list"]);
        let output = command.envs(variables.iter().copied()).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        let words = words(&output);
        assert!(!words.contains("geheim"), "{words}");
        words
    };
    let words = run(&[("OVH_APPLICATION_KEY", "a"), ("OVH_CLIENT_SECRET", "geheim")]);
    assert!(words.contains("two ways"), "{words}");
    let words = run(&[("OVH_APPLICATION_KEY", "a"), ("OVH_CONSUMER_KEY", "geheim")]);
    assert!(words.contains("no application_secret"), "{words}");
    let words = run(&[("OVH_ACCESS_TOKEN", "geheim")]);
    assert!(words.contains("not valid"), "{words}");
    conf(&home.path().join("ovh.conf"), 0o600, "application_secret=geheim\n");
    let words = run(&[]);
    assert!(words.contains("Line 1 of ./ovh.conf"), "{words}");
}
