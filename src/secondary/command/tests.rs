//! Tests of programs: small ones of the system, and scripts.

use std::path::Path;
use std::sync::Arc;

use proptest::prelude::*;

use super::*;

fn name(text: &str) -> Name {
    Name::parse(text.as_bytes(), Some(Name::root().as_ref())).unwrap()
}

fn wanted(text: &str) -> Wanted {
    Wanted { place: Place { domain: name(text), service: None }, primary: Some("192.0.2.1".parse().unwrap()) }
}

/// Programs of `[secondary.it]`, with their list below `state`.
fn programs(table: &str, state: &Path) -> Programs {
    let text = format!("[secondary.it]\nbackend = \"command\"\n{table}");
    let config = Arc::new(config::parse(&text).unwrap());
    let around = Around { config: Arc::clone(&config), state: Some(state.to_owned()), ..Around::default() };
    Programs::new("it", &config.secondary["it"], &around).unwrap()
}

/// A program that writes its arguments into a file, one on a line.
const WRITE: &str = "[\"sh\", \"-c\", \"printf '%s\\\\n' \\\"$@\\\" >> FILE\", \"sh\"";

#[test]
fn arguments_stay_arguments() {
    let state = tempfile::tempdir().unwrap();
    let file = state.path().join("said");
    let write = WRITE.replace("FILE", &file.display().to_string());
    let service = programs(
        &format!(
            "add = {write}, \"{{zone}}\", \"{{ primaries {{ {{primary}} port {{port}}; }}; file \\\"{{zone}}.db\\\" }}\", \
             \"$(touch x)\"]\nremove = {write}, \"gone {{zone}}\"]\nprimary-port = 5300"
        ),
        state.path(),
    );
    assert!(service.abilities().takes_primary);
    service.add(&wanted("Example.com")).unwrap();
    let again = service.add(&wanted("example.com")).unwrap_err();
    assert!(matches!(again.kind, ProblemKind::AlreadyRegistered { .. }), "{again}");
    let known = service.get(&wanted("example.com").place).unwrap();
    assert_eq!(known.primaries, ["192.0.2.1".parse::<IpAddr>().unwrap()]);
    service.remove(&wanted("example.com").place).unwrap();
    assert_eq!(service.remove(&wanted("example.com").place).unwrap_err().kind, ProblemKind::NotRegistered);
    let said = std::fs::read_to_string(&file).unwrap();
    insta::assert_snapshot!(said, @r#"
    example.com
    { primaries { 192.0.2.1 port 5300; }; file "example.com.db" }
    $(touch x)
    gone example.com
    "#);
}

#[test]
fn names_that_could_be_something_else_are_not_passed() {
    let state = tempfile::tempdir().unwrap();
    let file = state.path().join("said");
    let write = WRITE.replace("FILE", &file.display().to_string());
    let service =
        programs(&format!("add = {write}, \"{{zone}}\"]\nremove = {write}, \"{{zone}}\"]"), state.path());
    for odd in [
        "-rf.example",
        "a\\032b.example",
        "a\\;b.example",
        "a\\.b.example",
        "0/25.2.0.192.in-addr.arpa",
        "\\000x",
        "*.x",
        ".",
    ] {
        let refused = service.add(&wanted(odd)).unwrap_err();
        assert_eq!(refused.kind, ProblemKind::Invalid, "{odd}");
    }
    assert!(!file.exists());
    service.add(&wanted("_dmarc.xn--bcher-kva.example")).unwrap();
    let unknown = Wanted { primary: None, ..wanted("example.com") };
    let service = programs(
        "add = [\"true\", \"{zone}\", \"{primary}\"]\nremove = [\"true\", \"{zone}\"]",
        state.path(),
    );
    assert_eq!(service.add(&unknown).unwrap_err().kind, ProblemKind::Invalid);
}

#[test]
fn every_way_to_fail_is_told() {
    let state = tempfile::tempdir().unwrap();
    let sh = |script: &str| format!("[\"sh\", \"-c\", {script:?}, \"sh\", \"{{zone}}\"]");
    let add = |script: &str| {
        let table = format!("add = {}\nremove = {}", sh(script), sh("true"));
        programs(&table, state.path())
            .patient(Duration::from_millis(500))
            .add(&wanted("example.com"))
            .unwrap_err()
    };
    let refused = add("echo out; printf 'no\\033[2J such\\nview' >&2; exit 3");
    assert_eq!(refused.kind, ProblemKind::Remote { status: 3 });
    insta::assert_snapshot!(refused, @"example.com was not registered at it. sh ended with status 3. It said: no␛[2J such view. Run it by hand to see more.");
    assert!(add("echo only out; exit 1").why.contains("only out"));
    assert_eq!(add("kill -9 $$").kind, ProblemKind::Unknown);
    let start = Instant::now();
    let late = add("sleep 60 & sleep 60");
    assert!(late.kind == ProblemKind::Unknown && late.what.starts_with("It is not known"), "{late}");
    // What it left behind holds its output open, and much output is no trouble.
    let left = programs(
        &format!("add = {}\nremove = {}", sh("sleep 30 & yes | head -c 3000000"), sh("true")),
        state.path(),
    );
    left.add(&wanted("other.example")).unwrap();
    assert!(start.elapsed() < Duration::from_secs(20));
    let none =
        programs("add = [\"/no/such/program\", \"{zone}\"]\nremove = [\"true\", \"{zone}\"]", state.path());
    assert_eq!(none.add(&wanted("example.com")).unwrap_err().kind, ProblemKind::NotSent);
    // Nothing of this stands in the list.
    let mut listed = Vec::new();
    left.list(&mut |one| {
        listed.push(one.place.domain.to_string());
        true
    })
    .unwrap();
    assert_eq!(listed, ["other.example."]);
}

#[test]
fn the_list_is_what_the_program_prints() {
    let state = tempfile::tempdir().unwrap();
    let file = state.path().join("zones");
    let table = format!(
        "add = [\"sh\", \"-c\", \"echo $1 >> {0}\", \"sh\", \"{{zone}}\"]\nremove = [\"sh\", \"-c\", \"> {0}\", \"sh\", \"{{zone}}\"]\n\
         list = [\"cat\", \"{0}\"]",
        file.display()
    );
    let service = programs(&table, state.path());
    assert!(matches!(service.get(&wanted("a.example").place).unwrap_err().kind, ProblemKind::Remote { .. }));
    let text = "one.example extra words\n\n; comment\n[Two.example.] role: slave | serial: 7\nzone:\tthree.example\n\
                \tstate: ok\n\u{1b}[2J bad\none.example.\n";
    std::fs::write(&file, text).unwrap();
    let mut names = Vec::new();
    service
        .list(&mut |one| {
            names.push(one.place.domain.to_string());
            true
        })
        .unwrap();
    assert_eq!(names, ["one.example.", "three.example.", "Two.example."]);
    assert!(matches!(
        service.add(&wanted("two.example")).unwrap_err().kind,
        ProblemKind::AlreadyRegistered { .. }
    ));
    service.add(&wanted("four.example")).unwrap();
    service.get(&wanted("four.example").place).unwrap();
    service.remove(&wanted("four.example").place).unwrap();
    assert_eq!(service.get(&wanted("four.example").place).unwrap_err().kind, ProblemKind::NotRegistered);
}

#[test]
fn our_secrets_are_not_theirs() {
    // Of the variables that every program here has, one is taken for a secret.
    secrets::keep("PATH");
    let state = tempfile::tempdir().unwrap();
    let service = programs(
        "add = [\"true\", \"{zone}\"]\nremove = [\"true\", \"{zone}\"]\nlist = [\"/usr/bin/env\"]",
        state.path(),
    );
    let doing = Doing::listing("it");
    let ended = service.run(&["/usr/bin/env".to_owned()], &doing, MAX_SAID).unwrap();
    assert!(!String::from_utf8_lossy(&ended.output).lines().any(|line| line.starts_with("PATH=")));
}

proptest! {
    #[test]
    fn no_line_of_a_list_is_trouble(line in any::<String>()) {
        if let Some(name) = name_in(&line) {
            prop_assert!(!name.to_string().contains(char::is_control));
        }
    }

    #[test]
    fn what_is_put_in_is_not_looked_at_again(argument in "[a{}zonepri]{0,20}") {
        prop_assert_eq!(put_into(&argument, &[]), argument.clone());
        let filled = put_into(&argument, &[("{zone}", "{zone}")]);
        prop_assert_eq!(filled, argument);
    }
}
