//! `zonewright secondary login`: a consumer key for OVH's API, which a person confirms on OVH's page.

use std::io::{self, Write as _};
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use super::super::configured::Configured;
use super::super::verbs::say;
use super::super::{Exit, Stop};
use super::backends;
use crate::config::Backend;
use crate::dns::unix_time;
use crate::facts::clean::clean;
use crate::facts::registration::{Problem, ProblemKind};
use crate::secondary::ovh::conf::Sources;
use crate::secondary::ovh::{Settings, login};

/// How often it is asked whether the key has been confirmed.
const PAUSE: Duration = Duration::from_secs(3);

/// Gets a consumer key for a service, and prints it once it is good.
///
/// # Errors
/// [`Stop`].
pub fn login(configured: &Configured, name: Option<&str>, timeout: u64) -> Result<Exit, Stop> {
    let config = configured.config();
    let is_ovh = |name: &str| {
        config.secondary.get(name).is_some_and(|service| *service.backend.get_ref() == Backend::Ovh)
    };
    let name = match name {
        Some(name) => backends(configured, None, Some(name), false)?.into_iter().next(),
        None => {
            let mut ovh = config.secondary.keys().filter(|name| is_ovh(name));
            ovh.next().filter(|_| ovh.next().is_none()).cloned()
        }
    };
    let table = name.as_deref().filter(|name| is_ovh(name)).and_then(|name| config.secondary.get(name));
    let (Some(name), Some(table)) = (&name, table) else {
        return Err(Stop::usage(
            "Name a [secondary.NAME] of the configuration with backend = \"ovh\": only OVH has keys that are asked for."
                .into(),
        ));
    };
    let settings = Settings::find(name, table, &Sources::of_system())?;
    for warning in &settings.warnings {
        say(&clean(warning));
    }
    let login = login::ask(settings, unix_time)?;
    say("Open this page, sign in at OVH, and allow what it shows:");
    say("");
    say(&format!("  {}", clean(&login.page)));
    say("");
    say(&format!(
        "Waiting for that, {timeout} s at most; Ctrl-C gives it up, and the key is good for nothing then."
    ));
    let end = Instant::now() + Duration::from_secs(timeout);
    let mut trouble: Option<Problem> = None;
    loop {
        match login.is_confirmed() {
            Ok(true) => break,
            Ok(false) => {}
            Err(problem) if may_pass(&problem) => {
                // Once for each kind of it.
                if trouble.as_ref().is_none_or(|before| before.kind != problem.kind) {
                    say(&clean(&format!("{problem} It is asked again.")));
                }
                trouble = Some(problem);
            }
            Err(problem) => return Err(problem.into()),
        }
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            say("Nobody has confirmed the key in time. Run it again.");
            return Ok(Exit::No);
        }
        std::thread::sleep(PAUSE.min(left));
    }
    say(&format!(
        "It is good. Put the next line into the section [{}] of ~/.ovh.conf, in the place of another consumer_key, and \
         see that nobody else can read that file: chmod 600 ~/.ovh.conf",
        clean(&login.section)
    ));
    let line = Zeroizing::new([&b"consumer_key="[..], login.consumer_key.octets(), b"\n"].concat());
    let mut out = io::stdout().lock();
    out.write_all(&line)?;
    out.flush()?;
    Ok(Exit::Done)
}

/// Is it worth asking again?
fn may_pass(problem: &Problem) -> bool {
    matches!(
        problem.kind,
        ProblemKind::NotSent
            | ProblemKind::Unknown
            | ProblemKind::RateLimited
            | ProblemKind::Protocol
            | ProblemKind::Remote { .. }
    )
}
