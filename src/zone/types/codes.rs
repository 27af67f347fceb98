//! The mnemonics that numbers in RDATA may be written with, the usual spelling of each number first.

use super::kind::Codes;

/// DNSSEC algorithms (RFC 8624 and its registry).
pub const ALGORITHMS: Codes = &[
    ("ECDSAP256SHA256", 13),
    ("ECDSAP384SHA384", 14),
    ("ED25519", 15),
    ("ED448", 16),
    ("RSASHA256", 8),
    ("RSASHA512", 10),
    ("RSASHA1", 5),
    ("NSEC3RSASHA1", 7),
    ("RSAMD5", 1),
    ("DH", 2),
    ("DSA", 3),
    ("NSEC3DSA", 6),
    ("ECCGOST", 12),
    ("INDIRECT", 252),
    ("PRIVATEDNS", 253),
    ("PRIVATEOID", 254),
];
pub const DIGESTS: Codes =
    &[("SHA-256", 2), ("SHA-1", 1), ("SHA-384", 4), ("SHA256", 2), ("SHA1", 1), ("SHA384", 4)];
/// RFC 7218.
pub const USAGES: Codes =
    &[("PKIX-TA", 0), ("PKIX-EE", 1), ("DANE-TA", 2), ("DANE-EE", 3), ("PrivCert", 255)];
pub const SELECTORS: Codes = &[("Cert", 0), ("SPKI", 1), ("PrivSel", 255)];
pub const MATCHINGS: Codes = &[("Full", 0), ("SHA2-256", 1), ("SHA2-512", 2), ("PrivMatch", 255)];
/// RFC 4398 section 2.1.
pub const CERTIFICATES: Codes = &[
    ("PKIX", 1),
    ("SPKI", 2),
    ("PGP", 3),
    ("IPKIX", 4),
    ("ISPKI", 5),
    ("IPGP", 6),
    ("ACPKIX", 7),
    ("IACPKIX", 8),
    ("URI", 253),
    ("OID", 254),
];
/// RFC 9859 section 2.
pub const SCHEMES: Codes = &[("NOTIFY", 1)];
/// Of KEY records (RFC 2535 section 3.1.3).
pub const KEY_PROTOCOLS: Codes =
    &[("DNSSEC", 3), ("NONE", 0), ("TLS", 1), ("EMAIL", 2), ("IPSEC", 4), ("ALL", 255)];
/// Of Internet datagrams, as far as they have ports.
pub const PROTOCOLS: Codes = &[("TCP", 6), ("UDP", 17)];
/// Of WKS records (RFC 1010): ports below 1024 that systems have names for.
pub const SERVICES: Codes = &[
    ("smtp", 25),
    ("echo", 7),
    ("discard", 9),
    ("daytime", 13),
    ("ftp-data", 20),
    ("ftp", 21),
    ("ssh", 22),
    ("telnet", 23),
    ("time", 37),
    ("domain", 53),
    ("tftp", 69),
    ("gopher", 70),
    ("finger", 79),
    ("http", 80),
    ("pop3", 110),
    ("sunrpc", 111),
    ("nntp", 119),
    ("ntp", 123),
    ("imap2", 143),
    ("snmp", 161),
    ("https", 443),
    ("tcpmux", 1),
    ("systat", 11),
    ("netstat", 15),
    ("qotd", 17),
    ("chargen", 19),
    ("whois", 43),
    ("tacacs", 49),
    ("bootps", 67),
    ("bootpc", 68),
    ("kerberos", 88),
    ("auth", 113),
    ("epmap", 135),
    ("netbios-ns", 137),
    ("netbios-dgm", 138),
    ("netbios-ssn", 139),
    ("snmp-trap", 162),
    ("xdmcp", 177),
    ("bgp", 179),
    ("ldap", 389),
    ("microsoft-ds", 445),
    ("kpasswd", 464),
    ("submissions", 465),
    ("isakmp", 500),
    ("exec", 512),
    ("biff", 512),
    ("login", 513),
    ("who", 513),
    ("shell", 514),
    ("syslog", 514),
    ("printer", 515),
    ("talk", 517),
    ("ntalk", 518),
    ("route", 520),
    ("uucp", 540),
    ("klogin", 543),
    ("kshell", 544),
    ("rtsp", 554),
    ("nntps", 563),
    ("submission", 587),
    ("ipp", 631),
    ("ldaps", 636),
    ("domain-s", 853),
    ("rsync", 873),
    ("ftps-data", 989),
    ("ftps", 990),
    ("telnets", 992),
    ("imaps", 993),
    ("pop3s", 995),
];
