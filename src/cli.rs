//! The command line: what can be typed, as values. Man page and completions are made from it.
//!
//! What the verbs do is `run`'s business.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::{Args, CommandFactory as _, Parser, Subcommand, ValueEnum};

mod man;
mod secondary;

pub use secondary::{AtArgs, CheckSecondaryArgs, JobArgs, SecondaryVerb};

/// A terminal editor for DNS zones.
///
/// zonewright loads a zone from its primary nameserver, lets you edit it with the keyboard, shows exactly what
/// will change, pushes that as one signed dynamic update, and reads the zone back to prove it.
#[derive(Debug, Parser)]
#[command(name = "zonewright", version, args_conflicts_with_subcommands = true)]
#[command(
    after_help = "Exit status: 0 done; 1 done, and the answer is no (differences, errors found, push refused or not fully \
                        applied, nameservers that do not agree); 2 could not run; 3 outcome unknown."
)]
pub struct Cli {
    #[command(subcommand)]
    pub verb: Option<Verb>,
    /// The zone to edit, or a zone file (an existing file, or an argument with a slash; for a zone that a file is named
    /// like, write a dot after it); without it the list of the configured zones.
    #[arg(value_name = "ZONE|FILE")]
    pub zone: Option<String>,
    #[command(flatten)]
    pub server: ServerArgs,
    #[command(flatten)]
    pub origin: OriginArg,
}

#[derive(Debug, Subcommand)]
pub enum Verb {
    /// The editor on an embedded nameserver with an example zone: nothing to install, nothing to break
    Demo,
    /// Print a zone as a zone file: canonical order, absolute owner names
    Show {
        /// A zone to transfer, or a zone file (an existing file, or an argument with a slash; for a zone
        /// that a file is named like, write a dot after it); - is standard input
        #[arg(value_name = "ZONE|FILE")]
        what: String,
        #[command(flatten)]
        server: ServerArgs,
        #[command(flatten)]
        origin: OriginArg,
    },
    /// Say what is wrong with a zone or a zone file, and what will hardly do what was meant; exit status 1 when there
    /// are errors
    Check(CheckArgs),
    /// Print a zone file with its columns aligned; every comment and every line stays
    Fmt {
        /// The zone file; - is standard input
        file: PathBuf,
        /// Write the file instead of printing it
        #[arg(long, conflicts_with = "check")]
        write: bool,
        /// Only say whether the file would change: then the exit status is 1
        #[arg(long)]
        check: bool,
    },
    /// Show what leads from one zone to another; exit status 1 when there are differences
    ///
    /// The SOA serial and the server's own DNSSEC records are left out of the comparison.
    Diff {
        /// A zone to transfer, or a zone file; - is standard input
        #[arg(value_name = "OLD")]
        old: String,
        /// A zone to transfer, or a zone file; - is standard input
        #[arg(value_name = "NEW")]
        new: String,
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
        #[command(flatten)]
        server: ServerArgs,
        #[command(flatten)]
        origin: OriginArg,
    },
    /// Make a zone equal to a zone file, by dynamic update (one message where it fits), and read it back
    ///
    /// The file's serial is taken as the version of the zone that it was made from. When the server has another one, what
    /// the file changes is merged with what was changed there since, if that is known (from the server's journal or the
    /// history); where it is not, and where both changed the same record set, nothing is sent. --force says that the file
    /// wins: what was changed meanwhile and is not in the file is undone.
    Push {
        /// The zone to change
        zone: String,
        /// The zone file that it shall be equal to; - is standard input
        file: PathBuf,
        /// What it is for, in your own words: for the history
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
        #[command(flatten)]
        send: SendArgs,
    },
    /// The past pushes of a zone, the newest first; with an ID what that one changed and what became of it
    Log {
        /// The zone
        zone: String,
        /// A push, as the list names it; its first or last digits will do. With --others the serial after a change
        #[arg(value_name = "ID")]
        id: Option<String>,
        /// Everybody's changes instead, as far back as the server's own journal (IXFR) reaches
        #[arg(long)]
        others: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Take a push back: the record sets that it changed become what they were, as a new push
    ///
    /// A record set that somebody changed since is not touched: then nothing is sent, unless --force says that the
    /// others shall be taken back without it. The serial goes on upwards.
    Revert {
        /// The zone
        zone: String,
        /// A push, as zonewright log names it; its first or last digits will do. Default: the last one
        #[arg(value_name = "ID")]
        id: Option<String>,
        #[command(flatten)]
        send: SendArgs,
    },
    /// Show how every nameserver of a zone stands: addresses, serials, delegation, registrations
    ///
    /// Each address is asked over UDP and TCP, the zone above for its delegation, and the secondary services of the zone's
    /// configuration whether it is registered. Exit status 0 when all serve the primary's serial and nothing contradicts
    /// anything, 1 when not.
    Status(StatusArgs),
    /// Wait until every nameserver of a zone has the primary's serial, and serves what the last push changed
    ///
    /// Ends as soon as all have it, with exit status 0; with 1 when the time is over, naming those that have not. One that
    /// does not answer or does not serve the zone is waited for as well. What happens is told on standard error.
    Wait(WaitArgs),
    /// Say what works with a zone, its servers and its key, and what to do about what does not
    ///
    /// Asks for the SOA, a transfer, the differences (IXFR) and an update that changes nothing, compares the clocks,
    /// looks at every nameserver of the zone, at keys, the configuration and the terminal. Nothing is changed.
    /// Without a zone: the configuration, every key, every server, and each configured zone in short. Exit status 1
    /// when something failed.
    Doctor {
        /// The zone to look at
        zone: Option<String>,
        /// Print the findings as JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Secondary DNS services: what is registered there, registering and removing a zone
    Secondary {
        #[command(subcommand)]
        what: SecondaryVerb,
    },
    /// Say all about a record type: what it is for, its fields, examples, the rules that it brings, its RFC
    ///
    /// Without a type: every type with a line on what it is for.
    Explain {
        /// A record type in any case, such as MX, or TYPE and a number
        #[arg(value_name = "TYPE")]
        rtype: Option<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// The configuration: where it is, whether it is right, an example
    Config {
        #[command(subcommand)]
        what: ConfigVerb,
        /// Configuration file to use
        #[arg(long, value_name = "FILE", global = true)]
        config: Option<PathBuf>,
    },
    /// Print completions for a shell
    Completions { shell: clap_complete::Shell },
    /// Print the man page, with a section for each verb
    Man,
}

/// What `check` takes.
#[derive(Debug, Clone, Args)]
pub struct CheckArgs {
    /// A zone to transfer, or a zone file (an existing file, or an argument with a slash; for a zone
    /// that a file is named like, write a dot after it); - is standard input
    #[arg(value_name = "ZONE|FILE", required_unless_present = "list")]
    pub what: Option<String>,
    /// Which rules to hold the zone against beside syntax: all, none, or ids and names with commas between; with -
    /// before one all but that
    #[arg(long, value_name = "RULES", default_value = "all", allow_hyphen_values = true)]
    pub rules: String,
    /// List the rules: id, severity, name, what it is about, where that is written
    #[arg(long)]
    pub list: bool,
    /// Hold the zone also against the rules that ask others: its nameservers, the zone above, resolvers, web servers.
    /// Nothing is asked without this; of a rule named in --rules that is then not run, standard error says so
    #[arg(long)]
    pub network: bool,
    /// Print JSON, as --format json does
    #[arg(long, conflicts_with = "format")]
    pub json: bool,
    #[arg(long, value_enum, default_value_t = CheckFormat::Text)]
    pub format: CheckFormat,
    #[command(flatten)]
    pub server: ServerArgs,
    #[command(flatten)]
    pub origin: OriginArg,
}

/// What `status` takes.
#[derive(Debug, Clone, Args)]
pub struct StatusArgs {
    /// The zone
    pub zone: String,
    /// The serial that all shall have; default: the primary's
    #[arg(long, value_name = "SERIAL")]
    pub expect: Option<u32>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub resolvers: ResolverArgs,
    #[command(flatten)]
    pub server: ServerArgs,
}

/// What `wait` takes.
#[derive(Debug, Clone, Args)]
#[command(mut_arg("timeout", |timeout| timeout.help("Seconds to wait in all; default: 300")))]
pub struct WaitArgs {
    /// The zone
    pub zone: String,
    /// The serial that all shall have, or a later one; default: the primary's
    #[arg(long, value_name = "SERIAL")]
    pub serial: Option<u32>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub resolvers: ResolverArgs,
    #[command(flatten)]
    pub server: ServerArgs,
}

/// Which public resolvers are asked whether they have what the last push changed.
#[derive(Debug, Clone, Default, Args)]
pub struct ResolverArgs {
    /// Ask this public resolver too whether it has what the last push changed; can be given several times
    #[arg(long, value_name = "ADDRESS")]
    pub resolver: Vec<String>,
    /// The same for the public-resolvers of the configuration
    #[arg(long)]
    pub resolvers: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CheckFormat {
    /// A line for each finding
    Text,
    Json,
    /// SARIF 2.1.0, which editors and pipelines read
    Sarif,
}

#[derive(Debug, Clone, Copy, Subcommand)]
pub enum ConfigVerb {
    /// Read the configuration and say what is wrong with it
    Check,
    /// Print the path of the configuration file
    Path,
    /// Print an example to start from
    Example,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people: an RRset's old and new records
    Text,
    Json,
    /// A script that nsupdate runs as it is
    Nsupdate,
}

/// How a verb that changes a zone does it.
#[derive(Debug, Clone, Default, Args)]
pub struct SendArgs {
    /// Show what would be sent and what the server would make of it; send nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
    /// Push also what needs the zone's name typed in the editor (many deletions, changes of the apex NS set or the
    /// SOA), what cannot be recorded in the history, and a file that was made from another version of the zone
    #[arg(long)]
    pub force: bool,
    /// Print the report as JSON instead of the difference
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub server: ServerArgs,
}

/// Where the zone is, and with what key.
#[derive(Debug, Clone, Default, Args)]
pub struct ServerArgs {
    /// The primary nameserver: a server of the configuration, a host name or an address
    #[arg(long, value_name = "HOST[:PORT]")]
    pub server: Option<String>,
    /// Where updates go, if not to --server
    #[arg(long, value_name = "HOST[:PORT]")]
    pub update_to: Option<String>,
    /// Where the zone is transferred from, if not from --server
    #[arg(long, value_name = "HOST[:PORT]")]
    pub transfer_from: Option<String>,
    /// File with the TSIG key: BIND's or Knot's form, or K*.private; FILE#NAME for one of several in it
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
    /// Local address to send from
    #[arg(long, value_name = "ADDRESS")]
    pub source: Option<IpAddr>,
    /// Seconds to wait for a server
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub timeout: Option<u64>,
    /// Configuration file to use
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

#[derive(Debug, Clone, Default, Args)]
pub struct OriginArg {
    /// The zone that a zone file is for, where the file does not say it
    #[arg(long, value_name = "NAME")]
    pub origin: Option<String>,
}

/// Writes the completions of a shell.
pub fn completions(shell: clap_complete::Shell, out: &mut dyn std::io::Write) {
    clap_complete::generate(shell, &mut Cli::command(), "zonewright", &mut Writer(out));
}

/// `clap_complete` wants a sized writer.
struct Writer<'a>(&'a mut dyn std::io::Write);

impl std::io::Write for Writer<'_> {
    fn write(&mut self, octets: &[u8]) -> std::io::Result<usize> {
        self.0.write(octets)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}

/// The man page of the program and its verbs, in roff.
///
/// # Errors
/// Those of the writer.
pub fn man_page(out: &mut dyn std::io::Write) -> std::io::Result<()> {
    man::page(Cli::command(), out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn definition_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn usual_lines() {
        let cli = Cli::parse_from(["zonewright", "example.com", "--server", "192.0.2.1:5353", "--key", "k"]);
        assert!(cli.verb.is_none());
        assert_eq!(cli.zone.as_deref(), Some("example.com"));
        assert_eq!(cli.server.server.as_deref(), Some("192.0.2.1:5353"));
        let cli = Cli::parse_from(["zonewright", "push", "example.com", "f.zone", "--dry-run"]);
        assert!(matches!(
            cli.verb,
            Some(Verb::Push { send: SendArgs { dry_run: true, yes: false, .. }, .. })
        ));
        let cli = Cli::parse_from(["zonewright", "diff", "a", "./b", "--format", "nsupdate"]);
        assert!(matches!(cli.verb, Some(Verb::Diff { format: Format::Nsupdate, .. })));
        assert!(Cli::try_parse_from(["zonewright", "show"]).is_err());
        assert!(Cli::try_parse_from(["zonewright", "a", "--timeout", "0"]).is_err());
    }

    #[test]
    fn man_page_and_completions_are_made() {
        let mut page = Vec::new();
        man_page(&mut page).unwrap();
        let page = String::from_utf8(page).unwrap();
        assert!(page.contains("transfer\\-from"));
        // Every verb has its section, with what its options do.
        for verb in ["SHOW", "PUSH", "SECONDARY ADD", "CONFIG CHECK", "MAN"] {
            assert!(page.contains(&format!(".SH \"ZONEWRIGHT {verb}\"\n")), "{verb}");
        }
        assert!(page.contains("send nothing") && page.contains(".SH \"EXIT STATUS\"\n"));
        assert!(!page.contains("ZONEWRIGHT HELP"));
        let mut script = Vec::new();
        completions(clap_complete::Shell::Bash, &mut script);
        assert!(String::from_utf8(script).unwrap().contains("--dry-run"));
    }
}
