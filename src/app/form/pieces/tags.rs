//! Policies made of tags: DMARC, DKIM, MTA-STS and TLS-RPT.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Apart, Kind, Known, Note, Part, Piece, known};
use crate::app::form::choices::Choices;
use crate::check::rsa_bits;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    Dmarc,
    Dkim,
    MtaSts,
    TlsRpt,
}

const POLICIES: [Policy; 4] = [Policy::Dmarc, Policy::Dkim, Policy::MtaSts, Policy::TlsRpt];

const NONE: Choices = Choices::NONE;
const WHAT_TO_DO: Choices = Choices(&[
    ("none", "failing mail is delivered; only reports"),
    ("quarantine", "failing mail goes to the junk folder"),
    ("reject", "failing mail is refused"),
]);
const ALIGNMENT: Choices =
    Choices(&[("r", "relaxed: a subdomain will do"), ("s", "strict: exactly this domain")]);
const FAILURES: Choices = Choices(&[
    ("0", "reports where SPF and DKIM both fail"),
    ("1", "reports where one of them fails"),
    ("d", "reports where the DKIM signature is wrong"),
    ("s", "reports where SPF fails"),
]);
const KEY_TYPES: Choices = Choices(&[("rsa", "an RSA key"), ("ed25519", "an Ed25519 key")]);
const YES_NO: Choices = Choices(&[("y", "only tested: receivers do one step less"), ("n", "in force")]);
const DKIM_FLAGS: Choices = Choices(&[
    ("y", "only tested: treated as if not signed"),
    ("s", "the signer is exactly this domain, no subdomain"),
]);
const REPORTS: &str = "where reports go: mailto:address, several with commas";

const DMARC: &[Known] = &[
    known("p", "policy", "p: none, quarantine or reject", "reject", WHAT_TO_DO),
    known("sp", "subdomains", "sp: the same for names below; empty as for the domain", "reject", WHAT_TO_DO),
    known("rua", "reports", REPORTS, "mailto:dmarc@example.com", NONE),
    known(
        "ruf",
        "failures to",
        "ruf: where single failures are reported; few senders do",
        "mailto:dmarc@example.com",
        NONE,
    ),
    known("adkim", "DKIM match", "adkim: r relaxed (default) or s strict", "s", ALIGNMENT),
    known("aspf", "SPF match", "aspf: r relaxed (default) or s strict", "s", ALIGNMENT),
];
const DMARC_MORE: &[Known] = &[
    known("np", "not there", "np: policy for subdomains that do not exist", "reject", WHAT_TO_DO),
    known("fo", "failure kind", "fo: what is reported to ruf", "1", FAILURES),
    known("pct", "percent", "pct: the share of mail that the policy is for", "100", NONE),
    known("ri", "interval", "ri: seconds between reports", "86400", NONE),
    known("t", "testing", "t: y while it is tried out", "y", YES_NO),
];
const DKIM: &[Known] = &[
    known("k", "key type", "k: rsa (default) or ed25519", "rsa", KEY_TYPES),
    known("p", "public key", "p: in base 64; empty says that the key is revoked", "MIIBIjANBgkqh...", NONE),
    known("t", "flags", "t: y while it is tested, s for no subdomains", "s", DKIM_FLAGS),
];
const DKIM_MORE: &[Known] = &[
    known("h", "hashes", "h: sha256; empty for any", "sha256", NONE),
    known("s", "services", "s: email or *", "email", NONE),
    known("n", "note", "n: for people", "", NONE),
];
const MTA_STS: &[Known] = &[known(
    "id",
    "id",
    "id: 1 to 32 letters and digits; a new one with every change of the policy file",
    "20260101T000000",
    NONE,
)];
const TLS_RPT: &[Known] = &[known(
    "rua",
    "reports",
    "rua: mailto:address or https:..., several with commas",
    "mailto:tlsrpt@example.com",
    NONE,
)];

impl Policy {
    fn version(self) -> &'static str {
        match self {
            Policy::Dmarc => "v=DMARC1",
            Policy::Dkim => "v=DKIM1",
            Policy::MtaSts => "v=STSv1",
            Policy::TlsRpt => "v=TLSRPTv1",
        }
    }

    /// Is it looked for at this name (in lower case)?
    fn is_at(self, owner: &str) -> bool {
        let mut labels = owner.split('.');
        let (first, second) = (labels.next().unwrap_or_default(), labels.next().unwrap_or_default());
        match self {
            Policy::Dmarc => first == "_dmarc",
            Policy::Dkim => second == "_domainkey",
            Policy::MtaSts => first == "_mta-sts",
            Policy::TlsRpt => (first, second) == ("_smtp", "_tls"),
        }
    }

    /// The tags that are offered, and those that are only known.
    fn tags(self) -> (&'static [Known], &'static [Known]) {
        match self {
            Policy::Dmarc => (DMARC, DMARC_MORE),
            Policy::Dkim => (DKIM, DKIM_MORE),
            Policy::MtaSts => (MTA_STS, &[]),
            Policy::TlsRpt => (TLS_RPT, &[]),
        }
    }
}

/// `owner` in lower case.
pub fn apart(text: &str, owner: &str) -> Option<Apart> {
    if text.starts_with(['"', ';']) {
        return None;
    }
    let begins = |policy: &Policy| {
        let version = policy.version();
        text.get(..version.len()).is_some_and(|start| start.eq_ignore_ascii_case(version))
            && text
                .get(version.len()..)
                .is_none_or(|rest| rest.trim_start().is_empty() || rest.trim_start().starts_with(';'))
    };
    // DKIM's version may be left out.
    let bare_key = |policy: Policy| policy == Policy::Dkim && text.split(';').any(is_key);
    let policy = POLICIES.into_iter().find(begins).or_else(|| {
        POLICIES.into_iter().find(|policy| policy.is_at(owner) && (text.is_empty() || bare_key(*policy)))
    })?;
    let has_version = text.is_empty() || begins(&policy);
    let (offered, more) = policy.tags();
    let mut parts = text.split(';');
    let lead = match (text.is_empty(), has_version) {
        (true, _) => policy.version(),
        (_, true) => parts.next().unwrap_or_default(),
        _ => "",
    };
    let mut pieces: Vec<Piece> = Vec::new();
    let mut tail = String::new();
    let mut separator = if has_version { ";" } else { "" };
    for part in parts {
        if part.trim().is_empty() {
            tail.push_str(separator);
            tail.push_str(part);
        } else {
            let head = format!("{}{separator}", std::mem::take(&mut tail));
            pieces.push(piece(part, head, offered, more));
        }
        separator = ";";
    }
    if text.is_empty() {
        tail.clear();
    }
    let open = |key: &str| !pieces.iter().any(|piece| piece.key == key);
    let absent: Vec<Piece> = (offered.iter().filter(|known| open(known.key)))
        .map(|known| {
            let separator = if pieces.is_empty() && lead.is_empty() { "" } else { "; " };
            known.absent(format!("{separator}{}=", known.key), "")
        })
        .collect();
    pieces.extend(absent);
    Some(Apart {
        of: Part::Rdata(0),
        kind: Kind::Tags(policy),
        lead: lead.into(),
        lead_is_new: text.is_empty(),
        pieces,
        tail,
    })
}

/// Is this the key of a DKIM text?
fn is_key(part: &str) -> bool {
    part.split_once('=').is_some_and(|(tag, _)| tag.trim() == "p")
}

/// A part between two semicolons.
fn piece(part: &str, head: String, offered: &[Known], more: &[Known]) -> Piece {
    let (before, value) = part.split_once('=').map_or(("", part), |(tag, value)| (tag, value));
    let key = before.trim().to_ascii_lowercase();
    let found = offered.iter().chain(more).find(|known| known.key == key && part.contains('='));
    let unknown = known("", "other", "a tag and its value", "tag=value", NONE);
    let whole = found.is_none();
    let (start, text) = if whole { ("", part) } else { (before, value) };
    let trimmed = text.trim();
    let blanks = text.len() - text.trim_start().len();
    let sign = if whole { "" } else { "=" };
    let (blank, rest) = text.split_at_checked(blanks).unwrap_or(("", text));
    let mut piece = found.unwrap_or(&unknown).absent(format!("{head}{start}{sign}{blank}"), "");
    piece.value = trimmed.into();
    piece.is_empty_there = trimmed.is_empty();
    piece.foot = rest.get(trimmed.len()..).unwrap_or_default().into();
    piece
}

/// What a tag says, or what is wrong with it; `None` where its choices say enough.
pub fn words(policy: Policy, key: &str, value: &str, all: &Apart) -> Option<Note> {
    let doubt = |why: &str| Some(Note::Doubt(why.into()));
    let means = |what: String| Some(Note::Means(what));
    let (offered, more) = policy.tags();
    let Some(known) = offered.iter().chain(more).find(|known| known.key == key) else {
        return doubt("receivers do not know this tag");
    };
    if value.contains(';') {
        return doubt("; ends a tag");
    }
    match (policy, key) {
        (Policy::Dmarc, "rua" | "ruf") | (Policy::TlsRpt, "rua") => {
            let schemes: &[&str] =
                if policy == Policy::TlsRpt { &["mailto:", "https:"] } else { &["mailto:"] };
            let right =
                |uri: &str| schemes.iter().any(|scheme| uri.trim().to_ascii_lowercase().starts_with(scheme));
            match value.split(',').find(|uri| !right(uri)) {
                Some(_) => doubt("an address begins with mailto:"),
                None => means(format!("reports to {}", value.replace("mailto:", "").replace(',', ", "))),
            }
        }
        (Policy::Dmarc, "pct") => match value.parse::<u8>() {
            Ok(0..=100) => means(format!("for {value} of 100 mails; newer receivers pass it over")),
            _ => doubt("a number from 0 to 100"),
        },
        (Policy::Dmarc, "ri") => match value.parse::<u32>() {
            Ok(_) => means("receivers report daily anyway".into()),
            Err(_) => doubt("a number of seconds"),
        },
        (Policy::Dkim, "p") => Some(key_words(value, super::value(all, "k").unwrap_or("rsa"))),
        (Policy::MtaSts, "id") => {
            let right = value.len() <= 32 && value.bytes().all(|octet| octet.is_ascii_alphanumeric());
            if right {
                means("which version of the policy file it is".into())
            } else {
                doubt("1 to 32 letters and digits")
            }
        }
        (Policy::Dkim, "h") if value != "sha256" => doubt("receivers take sha256 only"),
        _ => {
            let lower = value.to_ascii_lowercase();
            // DKIM flags and DMARC's fo are lists.
            let mut parts = lower.split(':').map(str::trim);
            match known.choices {
                Choices::NONE => None,
                choices if parts.all(|part| choices.words(part).is_some()) => {
                    let words: Vec<&str> =
                        lower.split(':').filter_map(|part| choices.words(part.trim())).collect();
                    means(words.join("; "))
                }
                choices => doubt(&format!("known are {}", choices.names())),
            }
        }
    }
}

/// How long a DKIM key is.
fn key_words(value: &str, kind: &str) -> Note {
    let key: String = value.chars().filter(|character| !character.is_whitespace()).collect();
    let Ok(octets) = STANDARD.decode(&key) else {
        return Note::Doubt("no base 64: nobody can read it".into());
    };
    match (kind.to_ascii_lowercase().as_str(), rsa_bits(&octets)) {
        ("ed25519", _) if octets.len() == 32 => Note::Means("an Ed25519 key".into()),
        ("ed25519", _) => Note::Doubt("no Ed25519 key: that has 32 octets".into()),
        ("rsa", Some(bits @ ..1024)) => Note::Doubt(format!("{bits} bits: too short, counts for nothing")),
        ("rsa", Some(bits @ 1024..2048)) => Note::Doubt(format!("{bits} bits; 2048 are usual")),
        ("rsa", Some(bits)) => Note::Means(format!("an RSA key of {bits} bits")),
        ("rsa", None) => Note::Doubt("no RSA key".into()),
        _ => Note::Doubt("k is rsa or ed25519".into()),
    }
}
