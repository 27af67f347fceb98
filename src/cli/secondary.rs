//! `zonewright secondary`: what can be typed about secondary DNS services.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::ServerArgs;

#[derive(Debug, Subcommand)]
pub enum SecondaryVerb {
    /// What is registered: domain, date, primary, secondary and state; exit status 1 where ZONE is registered nowhere
    ///
    /// Every service of the configuration is asked at the same time. One that cannot be asked does not keep the others
    /// from being listed; the exit status is 2 then.
    List {
        /// Only this domain
        zone: Option<String>,
        /// Only this service: a [secondary.NAME] of the configuration
        #[arg(long, value_name = "NAME")]
        backend: Option<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
        /// Seconds to wait for the services; default: until they have answered
        #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=3600))]
        timeout: Option<u64>,
        /// Configuration file to use
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
    /// Register a zone at its secondary services, with the proof of ownership where one is wanted
    ///
    /// Where the service wants to see a TXT record first, that is shown, put into the zone by an update of its own, and
    /// taken out again once the registration stands. What was interrupted is gone on with. Ctrl-C gives it up and takes
    /// the record out.
    Add {
        /// The zone
        zone: String,
        /// The address that the service shall transfer from; default: that of the configuration, else of the zone's
        /// server, where the service takes one
        #[arg(long, value_name = "IP")]
        primary: Option<IpAddr>,
        /// Where the zone is registered with another primary, change that
        #[arg(long)]
        change_primary: bool,
        #[command(flatten)]
        job: JobArgs,
    },
    /// Remove a zone from its secondary services; also gives up a registration that is not finished
    Remove {
        /// The zone
        zone: String,
        #[command(flatten)]
        job: JobArgs,
    },
    /// Is a zone registered as it shall be, and does each nameserver of its services serve it? Exit status 1 where not
    ///
    /// Each address is asked over UDP and TCP, and what is registered is compared with the zone's NS records.
    Check(CheckSecondaryArgs),
    /// Put right what others made wrong with a registration, as its state in the list says (catalog zones)
    Mend {
        /// The zone
        zone: String,
        #[command(flatten)]
        at: AtArgs,
    },
    /// Let another catalog zone take a member over without its consumers dropping it in between
    HandOver {
        /// The zone
        zone: String,
        /// The catalog zone that takes it over
        #[arg(long, value_name = "CATALOG")]
        to: String,
        #[command(flatten)]
        at: AtArgs,
    },
    /// Get a consumer key for OVH's API, with no more rules than are needed: you confirm it on OVH's page
    ///
    /// Needs application_key and application_secret where OVH's own clients have them. Prints the line for ~/.ovh.conf
    /// once you have confirmed it.
    Login {
        /// A [secondary.NAME] of the configuration; default: the only one of OVH
        name: Option<String>,
        /// Seconds to wait for you
        #[arg(long, value_name = "SECONDS", default_value_t = 900, value_parser = clap::value_parser!(u64).range(1..=86400))]
        timeout: u64,
        /// Configuration file to use
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
}

/// Where a registration is.
#[derive(Debug, Clone, Args)]
pub struct AtArgs {
    /// The service: a [secondary.NAME] of the configuration; default: the zone's secondaries, or the only one
    #[arg(long, value_name = "NAME")]
    pub backend: Option<String>,
    /// Which of the places that the service has
    #[arg(long, value_name = "PLACE")]
    pub service: Option<String>,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
    /// Configuration file to use
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// What `check` takes.
#[derive(Debug, Clone, Args)]
pub struct CheckSecondaryArgs {
    /// The zone; default: every zone that the configuration names secondaries of
    pub zone: Option<String>,
    /// Only this service: a [secondary.NAME] of the configuration
    #[arg(long, value_name = "NAME")]
    pub backend: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub server: ServerArgs,
}

/// What adding and removing take.
#[derive(Debug, Clone, Args)]
pub struct JobArgs {
    /// The service: a [secondary.NAME] of the configuration; default: the zone's secondaries, or the only one
    #[arg(long, value_name = "NAME")]
    pub backend: Option<String>,
    /// Which of the places that the service has, such as vps/NAME
    #[arg(long, value_name = "PLACE")]
    pub service: Option<String>,
    /// Do not ask; this is also the consent to the proof of ownership
    #[arg(long)]
    pub yes: bool,
    /// Seconds to wait until the service sees the proof of ownership, and then until it serves the zone; 0: do not wait
    #[arg(long, value_name = "SECONDS", default_value_t = 600, value_parser = clap::value_parser!(u64).range(0..=86400))]
    pub wait: u64,
    /// Print the report as JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub server: ServerArgs,
}
