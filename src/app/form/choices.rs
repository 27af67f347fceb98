//! What a field can hold where that is a short list: for going through with Space, and in words beside it.

use crate::zone::RecordType;

/// Values, and each in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choices(pub &'static [(&'static str, &'static str)]);

const DIGESTS: Choices = Choices(&[("2", "SHA-256"), ("4", "SHA-384"), ("1", "SHA-1, not for new ones")]);
const ALGORITHMS: Choices = Choices(&[
    ("13", "ECDSA P-256"),
    ("15", "Ed25519"),
    ("14", "ECDSA P-384"),
    ("16", "Ed448"),
    ("8", "RSA with SHA-256"),
    ("10", "RSA with SHA-512"),
    ("7", "RSA with SHA-1, not for new ones"),
    ("5", "RSA with SHA-1, not for new ones"),
]);
const KEY_FLAGS: Choices = Choices(&[("257", "key-signing key"), ("256", "zone-signing key")]);
const CAA_FLAGS: Choices =
    Choices(&[("0", "the usual one"), ("128", "who does not know the tag must refuse")]);
const CAA_TAGS: Choices = Choices(&[
    ("issue", "who may issue certificates"),
    ("issuewild", "who may issue for wildcards"),
    ("issuemail", "who may issue for mail (S/MIME)"),
    ("issuevmc", "who may issue for logos in mail"),
    ("iodef", "where refused requests are reported"),
    ("contactemail", "mail address of the domain's owner"),
    ("contactphone", "telephone of the domain's owner"),
]);
const USAGES: Choices = Choices(&[
    ("3", "the server's own certificate"),
    ("2", "the authority that issued it"),
    ("1", "own certificate, publicly issued too"),
    ("0", "authority, publicly trusted too"),
]);
const SELECTORS: Choices = Choices(&[("1", "the public key"), ("0", "the whole certificate")]);
const MATCHINGS: Choices = Choices(&[("1", "SHA-256"), ("2", "SHA-512"), ("0", "the data itself")]);
const SSH_ALGORITHMS: Choices =
    Choices(&[("4", "Ed25519"), ("3", "ECDSA"), ("1", "RSA"), ("2", "DSA, retired"), ("6", "Ed448")]);
const SSH_DIGESTS: Choices = Choices(&[("2", "SHA-256"), ("1", "SHA-1, not for new ones")]);
const GATEWAYS: Choices = Choices(&[("1", "IPv4"), ("2", "IPv6"), ("3", "a name"), ("0", "none")]);
/// Of IPSECKEY (RFC 4025, RFC 9373), whose numbers HIP took over (RFC 8005).
const HOST_ALGORITHMS: Choices =
    Choices(&[("2", "RSA"), ("3", "ECDSA"), ("4", "EdDSA"), ("1", "DSA, not for new ones")]);
const DISCOVERIES: Choices = Choices(&[("0", "a discovery is sent to it first"), ("1", "asked without one")]);
const CSYNC_FLAGS: Choices =
    Choices(&[("3", "at once, from that serial on"), ("1", "at once"), ("2", "from that serial on")]);
const NAPTR_FLAGS: Choices = Choices(&[
    ("u", "the result is a URI"),
    ("s", "look up SRV"),
    ("a", "look up an address"),
    ("p", "as the service says"),
]);

impl Choices {
    pub const NONE: Choices = Choices(&[]);

    /// Those of a field of the table.
    pub(super) fn of(rtype: RecordType, field: &str) -> Choices {
        let number = rtype.0;
        match (number, field) {
            (257, "flags") => CAA_FLAGS,
            (257, "tag") => CAA_TAGS,
            (52 | 53, "usage") => USAGES,
            (52 | 53, "selector") => SELECTORS,
            (52 | 53, "matching type") => MATCHINGS,
            (44, "algorithm") => SSH_ALGORITHMS,
            (44, "fingerprint type") => SSH_DIGESTS,
            (43 | 59, "digest type") => DIGESTS,
            (43 | 59 | 48 | 60, "algorithm") => ALGORITHMS,
            (48 | 60, "flags") => KEY_FLAGS,
            (45, "gateway type") | (260, "relay type") => GATEWAYS,
            (45 | 55, "algorithm") => HOST_ALGORITHMS,
            (260, "discovery") => DISCOVERIES,
            (62, "flags") => CSYNC_FLAGS,
            (35, "flags") => NAPTR_FLAGS,
            _ => Choices::NONE,
        }
    }

    /// What a value means, in any case.
    pub fn words(&self, value: &str) -> Option<&'static str> {
        let value = value.trim();
        self.0.iter().find(|(own, _)| own.eq_ignore_ascii_case(value)).map(|(_, words)| *words)
    }

    /// The value after this one; the first after the last and after anything else.
    pub(super) fn after(&self, value: &str) -> Option<&'static str> {
        let value = value.trim();
        let at = self.0.iter().position(|(own, _)| own.eq_ignore_ascii_case(value));
        let next = at.map_or(0, |at| at + 1);
        self.0.get(next).or(self.0.first()).map(|(own, _)| *own)
    }

    /// All of them. Some have commas inside.
    pub fn names(&self) -> String {
        self.0.iter().map(|(own, _)| *own).collect::<Vec<_>>().join(" / ")
    }
}
