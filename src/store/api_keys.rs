//! Keys of HTTP APIs: one line of text, from where the configuration says.

use zeroize::Zeroizing;

use super::paths::expand_home;
use super::secret_text::{self, Wanted};
use crate::config::KeySource;
use crate::facts::Failure;
use crate::wire::key::Secret;
use crate::zonefile::shown;

/// Keys are a few dozen characters; this is no limit for them.
const MAX_KEY: usize = 4096;
const FORMS: &str = "It must be one line with nothing but the key, in characters of ASCII.";

/// Gets the key of an API.
///
/// # Errors
/// A [`Failure`] that says what to do; never with the key in it.
pub fn load(source: &KeySource) -> Result<Secret, Failure> {
    let what = match source {
        KeySource::File(path) => {
            format!(
                "The file of the API key, {}, cannot be used.",
                shown(path.as_os_str().as_encoded_bytes())
            )
        }
        KeySource::Env(variable) => {
            format!("The API key in the environment variable {} cannot be used.", shown(variable.as_bytes()))
        }
        KeySource::Command(command) => {
            let program = command.first().map(String::as_str).unwrap_or_default();
            format!("The API key from the command {} cannot be used.", shown(program.as_bytes()))
        }
    };
    let wanted = Wanted { what: &what, noun: "API key", setting: "api-key-command", forms: FORMS };
    let text = match source {
        KeySource::File(path) => secret_text::of_file(&expand_home(path), wanted),
        KeySource::Env(variable) => secret_text::of_variable(variable, wanted, "Set it to the key."),
        KeySource::Command(command) => secret_text::of_command(command, wanted),
    }?;
    of_text(&text, wanted)
}

fn of_text(text: &Zeroizing<String>, wanted: Wanted<'_>) -> Result<Secret, Failure> {
    let key = text.trim();
    match key {
        "" => Err(wanted.failure("It is empty.", FORMS)),
        _ if key.len() > MAX_KEY => Err(wanted.failure("It is longer than 4096 characters.", FORMS)),
        _ if !key.bytes().all(|octet| octet.is_ascii_graphic()) => {
            Err(wanted.failure("It has blanks, line ends or characters outside ASCII in it.", FORMS))
        }
        key => Ok(Secret::new(key.as_bytes().to_vec())),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_key_is_one_line_that_nobody_else_can_read() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("key");
        let mode = |mode| std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        for (text, wrong) in [
            ("s3cr3t-key\n", None),
            ("  \n", Some("empty")),
            ("two s3cr3ts", Some("blanks")),
            ("s3cr3t\r\nX-Other: y", Some("blanks")),
            ("s3cr3t\u{e4}", Some("outside ASCII")),
            (&"s3cr3t".repeat(1000), Some("longer")),
        ] {
            std::fs::write(&path, text).unwrap();
            mode(0o600);
            match (load(&KeySource::File(path.clone())), wrong) {
                (Ok(key), None) => assert_eq!(key.octets(), b"s3cr3t-key"),
                (Err(failure), Some(wrong)) => {
                    assert!(
                        failure.why.contains(wrong) && !failure.to_string().contains("s3cr3t"),
                        "{failure}"
                    );
                }
                (other, _) => panic!("{text}: {other:?}"),
            }
        }
        mode(0o640);
        let open = load(&KeySource::File(path.clone())).unwrap_err();
        assert!(open.next.contains("chmod 600"), "{open}");
        let echo = ["printf", "s3cr3t-%s", "key"].map(str::to_owned).to_vec();
        assert_eq!(load(&KeySource::Command(echo)).unwrap().octets(), b"s3cr3t-key");
        assert!(load(&KeySource::Command(vec!["false".into()])).unwrap_err().why.contains("ended with"));
        assert!(load(&KeySource::Command(Vec::new())).unwrap_err().what.contains("api-key-command is empty"));
        let missing = load(&KeySource::Env("ZONEWRIGHT_NO_SUCH_VARIABLE".into())).unwrap_err();
        assert_eq!(missing.why, "It is not set.");
    }
}
