//! Odd zone files: random words of the zone-file grammar, most of them right, put together in random ways.

/// Small numbers from a seed, the same on every machine (xorshift64*).
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % limit
    }

    /// True once in `of` times.
    fn once_in(&mut self, of: usize) -> bool {
        self.below(of) == 0
    }

    fn of<'w>(&mut self, words: &[&'w str]) -> &'w str {
        words[self.below(words.len())]
    }
}

/// A zone file: lines that are the zone, and odd ones, so that these can be left out one by one.
#[derive(Debug, Clone)]
pub struct OddZone {
    pub lines: Vec<String>,
    pub crlf: bool,
    pub open_end: bool,
}

impl OddZone {
    pub fn text(&self) -> Vec<u8> {
        let end = if self.crlf { "\r\n" } else { "\n" };
        let mut text = self.lines.join(end);
        if !self.open_end {
            text.push_str(end);
        }
        // Octets above 0x7f one by one, not as UTF-8.
        text.chars().map(|character| u8::try_from(u32::from(character)).unwrap_or(b'?')).collect()
    }
}

/// What `$INCLUDE` may name.
pub const INCLUDED: &str = "inc.db";
pub const INCLUDED_TEXT: &str = "one 300 A 192.0.2.61\n$ORIGIN deep\ntwo 300 A 192.0.2.62\n";

const OWNERS: &[&str] = &[
    "www",
    "www",
    "www",
    "mail",
    "@",
    "*",
    "*.w",
    "a\\.b",
    "a\\046b",
    "\\@",
    "\"www\"",
    "\"\"",
    "www.example.com.",
    "WwW",
    "w.EXAMPLE.com.",
    "out.example.net.",
    "_sip._tcp",
    "a_b",
    "-a",
    "xn--bcher-kva",
    "a\\;b",
    "a/b",
    "\\000",
    "\\255",
    "\\256",
    "\\25",
    "a..b",
    ".",
    "..",
    "a\\",
    "\\065",
    "b\u{fc}r",
    "a\\ b",
    "a\"b",
    "\\$ORIGIN",
    "1.2.3.4",
    "IN",
    "A",
    "300",
    "a@b",
    "sub.ns1",
    "a+b",
    "a=b",
    "a,b",
    ".a",
    "www.",
    "\\052",
    "a\\\"b",
    "a%b",
    "TYPE1",
    "3h",
];
const TTLS: &[&str] = &[
    "",
    "",
    "",
    "",
    "60",
    "3600",
    "1h",
    "1w2d",
    "1d1w",
    "1h30",
    "30s",
    "1H",
    "1W2D3H4M5S",
    "0",
    "2147483647",
    "2147483648",
    "4294967295",
    "4294967296",
    "99999999999999999999",
    "1w1w",
    "h",
    "1h1",
    "-1",
    "+1",
    "0x10",
    "1.5",
    "1y",
    "00060",
    "1hh",
    "7102w",
    "1h 30m",
];
const CLASSES: &[&str] = &[
    "",
    "",
    "",
    "",
    "",
    "",
    "IN",
    "IN",
    "in",
    "In",
    "CLASS1",
    "class1",
    "CH",
    "HS",
    "CLASS3",
    "NONE",
    "ANY",
    "IN IN",
    "CLASS65536",
];
/// Types and their data, right and wrong.
const DATA: &[(&str, &[&str])] = &[
    (
        "A",
        &[
            "192.0.2.1",
            "192.0.2.1",
            "192.0.2.256",
            "192.0.2",
            "192.0.2.1.",
            "0300.0.2.1",
            "192.0.2.01",
            "3221225985",
            "",
            "\"192.0.2.1\"",
            "192.0.2.1 192.0.2.2",
            "::1",
            "\\# 4 C0000201",
            "\\# 4 c00002 01",
            "\\# 3 C00002",
            "\\# 4 C00002",
            "\\#",
            "\\# 0",
            "\\# x",
            "192.0.2.\\049",
        ],
    ),
    ("a", &["192.0.2.9"]),
    (
        "AAAA",
        &[
            "::",
            "::1",
            "2001:db8::1",
            "2001:DB8::1",
            "::ffff:192.0.2.1",
            "1:2:3:4:5:6:7:8",
            "1:2:3:4:5:6:7::",
            "::2:3:4:5:6:7:8",
            "1::2::3",
            "::g",
            "1:2:3:4:5:6:7",
            "2001:db8::1%eth0",
            "::192.0.2.256",
            "12345::",
            ":",
            ":::",
            "1:2:3:4:5:6:192.0.2.1",
            "1:2:3:4:5:6:7:192.0.2.1",
            "\"::1\"",
            "00001::",
            "1:2:3:4:5:6:7:8:9",
            ":1::",
            "1::1:",
            "\\# 16 20010DB8000000000000000000000001",
        ],
    ),
    (
        "MX",
        &[
            "10 mail",
            "10 mail.example.net.",
            "mail",
            "mail 10",
            "65535 mail",
            "65536 mail",
            "0 .",
            "10 .",
            "10",
            "10 mail extra",
            "-1 mail",
            "010 mail",
            "10 \"mail\"",
            "\"10\" mail",
            "10 192.0.2.1",
            "10 @",
            "10 \\@",
            "1.0 mail",
            "\\# 4 000A 0100",
        ],
    ),
    ("NS", &["ns1", "ns.example.net.", "@", "\"ns1\"", "", "ns1 ns2", "other.www", "ns1.", "192.0.2.7"]),
    ("CNAME", &["www", "@", ".", "a..b", "www.example.net.", "\\119ww", "\"www\""]),
    ("DNAME", &["example.net.", "."]),
    ("PTR", &["www", "a\\.b", "b\u{fc}r"]),
    (
        "TXT",
        &[
            "a",
            "\"a b\"",
            "\"\"",
            "",
            "a b \"c d\"",
            "\"a;b\"",
            "a;b",
            "a\\;b",
            "\"a\\\"b\"",
            "\"a\\\\\"",
            "\"\\000\"",
            "\"\\255\"",
            "\\256",
            "\"\\25\"",
            "\"open",
            "a\"b\"",
            "\"a\"\"b\"",
            "\"a\"b",
            "(",
            "( a )",
            "( a ) ( b )",
            "(a(b))",
            "\"(a)\"",
            "\\(",
            "\u{fc}",
            "\"\u{fc}\"",
            "@",
            "\\@",
            "a\\032b",
            "\"a\tb\"",
            "\"\u{1}\"",
            "\\# 2 0161",
            "\\# 2 0261",
            "\\# 1 00",
            "\\",
            "a\\",
            "'a b'",
            "\"a\" ; c",
            "=",
            "\"\\\u{e9}\"",
            "v=spf1 -all",
            "a\u{c}b",
            "a\u{b}b",
        ],
    ),
    ("SPF", &["\"v=spf1 -all\""]),
    ("HINFO", &["a b", "a", "\"a b\" c", "a b c", "\"\" \"\""]),
    ("SRV", &["0 0 80 www", "0 0 80 .", "0 0 http www", "0 0 65536 www", "0 0 80", "1 2 3 www.example.net."]),
    (
        "CAA",
        &[
            "0 issue \"ca.example.net\"",
            "0 issue ca.example.net",
            "128 iodef \"mailto:a@b\"",
            "256 issue \"x\"",
            "0 issue",
            "0 is-sue \"x\"",
            "0 \"issue\" \"x\"",
            "0 issue \"\"",
            "0 ISSUE \"x\"",
            "0 issue \"a b\" c",
        ],
    ),
    (
        "SSHFP",
        &[
            "1 1 0123456789ABCDEF0123456789ABCDEF01234567",
            "1 1 0123456789abcdef 0123456789abcdef01234567",
            "1 1 0",
            "1 1 01",
            "4 2 zz",
            "1 1",
        ],
    ),
    (
        "TLSA",
        &[
            "3 1 1 d2abde240d7cd3ee6b4b28c54df034b97983a1d16e8a410e4561cb106618e971",
            "3 1 1 d2",
            "3 1 1",
            "3 1 1 d",
            "PKIX-TA Cert SHA2-256 d2abde240d7cd3ee6b4b28c54df034b97983a1d16e8a410e4561cb106618e971",
        ],
    ),
    (
        "DS",
        &[
            "60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118",
            "60485 RSASHA1 1 2BB183AF5F22588179A53B0A98631FAD1A292118",
            "60485 13 2 2BB183AF5F22588179A53B0A98631FAD1A2921182BB183AF5F22588179A53B0A",
            "60485 13 2 00",
            "60485 13 9 00",
            "60485 5 1 2BB 183AF5F22588179A53B0A98631FAD1A292118",
            "60485 5 SHA-1 2BB183AF5F22588179A53B0A98631FAD1A292118",
            "60485 5 SHA1 2BB183AF5F22588179A53B0A98631FAD1A292118",
            "60485 13 2",
        ],
    ),
    (
        "DNSKEY",
        &[
            "257 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ==",
            "257 3 13 mdssw",
            "257 3 13",
            "256 2 13 AQID",
            "257 3 ECDSAP256SHA256 AQID",
            "257 3 13 AQ ID",
        ],
    ),
    ("NSEC", &["www A", "www", "www A TYPE65534 RRSIG NSEC", "www A A", "www TYPE0"]),
    (
        "NAPTR",
        &[
            "100 10 \"u\" \"E2U+sip\" \"!^.*$!sip:a@example.com!\" .",
            "100 10 u s \"\" www",
            "100 10 \"\" \"\" \"\" .",
            "1 1 a b",
            "100 10 S SIP+D2U \"\" _sip._udp",
        ],
    ),
    (
        "LOC",
        &[
            "52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000m 10m",
            "52 N 4 E 0m",
            "52 N 4 E 0",
            "91 N 4 E 0m",
            "52 60 N 4 E 0m",
            "52 22 23.0001 N 4 E 0m",
            "52 N 181 E 0m",
            "52 n 4 e 0m",
            "52 N 4 E -100001m",
            "52 N 4 E",
            "52 N 4 E 42849672.95m",
            "52 N 4 E 42849673m",
            "90 0 0 S 180 0 0 W 1.5m 1m 1m 1m",
            "52 N 4 E 0m 90000000m",
            "52 N 4 E 0m 1m 2m 3m 4m",
            "52 22 59.999 N 4 E 0.1m 0.01m",
        ],
    ),
    (
        "APL",
        &[
            "1:192.0.2.0/24",
            "!1:192.0.2.1/32",
            "2:2001:db8::/32",
            "1:192.0.2.0/33",
            "1:0.0.0.0/0",
            "",
            "3:aa/8",
            "1:192.0.2.0",
            "1:192.0.2.0/24 !2:::/0",
            "192.0.2.0/24",
            "1:192.0.2.1/24",
        ],
    ),
    (
        "SVCB",
        &[
            "1 www alpn=h2",
            "0 www",
            "0 www alpn=h2",
            "1 . alpn=h2,h3 port=443",
            "1 . port=65536",
            "1 . port=443 port=443",
            "1 . mandatory=alpn",
            "1 . mandatory=alpn alpn=h2",
            "1 . mandatory=mandatory",
            "1 . no-default-alpn",
            "1 . alpn=h2 no-default-alpn",
            "1 . ipv4hint=192.0.2.1,192.0.2.2",
            "1 . ipv6hint=2001:db8::1",
            "1 . ipv4hint=",
            "1 . key65400=abc",
            "1 . key65535=abc",
            "1 . key7=\"/q{?dns}\"",
            "1 . alpn=\"h2,h3\"",
            "1 . alpn=h2\\\\,a",
            "1 . ech=AQID",
            "1 . ech=\"AQID\"",
            "1 . ech",
            "1 . foo=bar",
            "1 . key01=a",
            "1 .",
            "1",
            "1 . alpn",
            "1 . alpn=",
            "1 . key65400",
            "1 . port=443 alpn=h2",
            "1 . ALPN=h2",
            "1 . mandatory=alpn,port alpn=h2 port=1",
            "1 . mandatory=port,alpn alpn=h2 port=1",
            "1 . ipv4hint=\"192.0.2.1\"",
            "1 . \"alpn=h2\"",
        ],
    ),
    ("HTTPS", &["1 . alpn=h3", "0 www.example.net."]),
    ("RP", &["hostmaster www", "hostmaster .", "hostmaster"]),
    ("AFSDB", &["1 www", "www"]),
    ("CERT", &["1 0 0 AQID", "PGP 0 0 AQID", "PKIX 1 RSASHA256 AQID", "1 0 0", "1 0 0 A"]),
    ("URI", &["10 1 \"https://www.example.com/\"", "10 1 https://www.example.com/", "10 1 \"\"", "10 1"]),
    ("EUI48", &["00-00-5e-00-53-2a", "00:00:5e:00:53:2a", "0-0-5e-0-53-2a", "00-00-5e-00-53"]),
    ("EUI64", &["00-00-5e-ef-10-00-00-2a"]),
    ("OPENPGPKEY", &["AQID", "AQ ID", "", "A"]),
    ("CSYNC", &["66 3 A NS AAAA", "66 3", "66 x A"]),
    ("KX", &["10 www"]),
    ("NID", &["10 0014:4fff:ff20:ee64", "10 14:4fff:ff20:ee64", "10 0014:4fff:ff20"]),
    ("L32", &["10 10.1.2.0"]),
    ("LP", &["10 www"]),
    ("SMIMEA", &["3 1 1 d2abde240d7cd3ee6b4b28c54df034b97983a1d16e8a410e4561cb106618e971"]),
    (
        "ZONEMD",
        &[
            "1 1 1 FEBE3D4CE2EC2FFA4BA99D46CD69D6D29711E55217057BEE7EB1A7B641A47BA7FED2DD5B97AE499FAFA4F22C6BD647DE",
        ],
    ),
    ("TYPE1", &["\\# 4 C0000201", "192.0.2.1", "\\# 3 000000"]),
    ("TYPE15", &["\\# 4 000A 0100"]),
    (
        "type65280",
        &[
            "\\# 2 ABCD",
            "\\# 0",
            "\\# 2 AB CD",
            "\\# 2 A BCD",
            "\\# 2 ABC",
            "\\# 1 ABCD",
            "\\# 3 ABCD",
            "ABCD",
            "\\#",
            "\\# 2",
            "\\# 02 ABCD",
            "\\# -2 ABCD",
            "\\# 2 \"ABCD\"",
            "\\# 65536 AB",
            "\\#2 ABCD",
        ],
    ),
    ("TYPE0", &["\\# 0"]),
    ("TYPE65535", &["\\# 1 00"]),
    ("TYPE65536", &["\\# 0"]),
    ("TYPE251", &["\\# 0"]),
    ("TYPE41", &["\\# 0"]),
    ("ANY", &["x"]),
    ("AXFR", &[""]),
    ("TXTT", &["x"]),
    ("SOA", &["ns1 h 7 1h 15m 2w 5m", "ns1 h 8 1h 15m 2w 5m", "ns1 h 7 1h 15m 2w"]),
    ("\"A\"", &["192.0.2.1"]),
    ("", &["", "192.0.2.1"]),
];
const DIRECTIVES: &[&str] = &[
    "$ORIGIN sub",
    "$ORIGIN sub.example.com.",
    "$ORIGIN @",
    "$ORIGIN .",
    "$ORIGIN",
    "$ORIGIN example.net.",
    "$ORIGIN sub extra",
    "$ORIGIN a..b",
    "$ORIGIN \"sub\"",
    "$origin sub",
    "$Origin SUB ; c",
    "$ORIGIN\tsub",
    "$ORIGIN example.com.",
    "$TTL 60",
    "$TTL 1h30m",
    "$TTL",
    "$TTL x",
    "$ttl 1w",
    "$TTL 60 60",
    "$TTL 2147483648",
    "$TTL 4294967296",
    "$TTL \"60\"",
    "$TTL 0",
    "$TTL -1",
    "$TTL ( 60 )",
    "$INCLUDE inc.db",
    "$INCLUDE inc.db sub",
    "$INCLUDE inc.db sub.example.com.",
    "$INCLUDE \"inc.db\"",
    "$include inc.db ; c",
    "$INCLUDE",
    "$INCLUDE missing.db",
    "$INCLUDE inc.db sub extra",
    "$INCLUDE inc.db a..b",
    "$FOO",
    "$",
    "$TTLL 60",
    " $TTL 60",
    "$DATE 20260101000000",
    "$INCLUDE .",
];
const RANGES: &[&str] = &[
    "1-3",
    "1-3",
    "0-0",
    "1-9/4",
    "3-1",
    "1-2/0",
    "-1-2",
    "1-",
    "1",
    "1-3/",
    "a-b",
    "1-3/x",
    "01-02",
    "5-5/1",
    "4294967295-4294967295",
    "2147483646-2147483647",
    "1--3",
    "+1-3",
    "1-3-5",
];
const LEFT: &[&str] = &[
    "h$",
    "h$",
    "h${0,3,d}",
    "h${10}",
    "h${-1}",
    "h${0,2,x}",
    "h${0,2,X}",
    "n${0,4,n}",
    "n${0,6,N}",
    "h${0,3,o}",
    "h$$",
    "h\\$",
    "h${",
    "h${0,3}",
    "h${0,3,q}",
    "h${1,2,3}",
    "$",
    "${0,0,d}",
    "@",
    "h",
    "h${,,}",
    "h${0,300,d}",
    "h${ 1}",
    "h$a",
    "*.h$",
    "h$.example.com.",
    "\"h$\"",
    "h${0,-1,d}",
    "h$.sub",
    "h${+1}",
    "h${0,3,d",
    "${0,1,n}",
    "h\\${0}",
];
const RIGHT: &[&str] = &[
    "A 192.0.2.$",
    "A 192.0.2.$",
    "PTR h$",
    "PTR h${1,3,x}.example.net.",
    "TXT \"a $ b\"",
    "TXT $",
    "TXT \\$",
    "CNAME h$.net",
    "MX 10 m$",
    "MX \"10 m$\"",
    "AAAA 2001:db8::${0,4,x}",
    "300 A 192.0.2.$",
    "300 IN A 192.0.2.$",
    "IN 300 A 192.0.2.$",
    "IN A 192.0.2.$",
    "CH A 192.0.2.$",
    "A 192.0.2.$ x",
    "A",
    "",
    "SOA x",
    "A ( 192.0.2.$ )",
    "A 192.0.2.$ ; c",
    "NS ns$",
    "1h A 192.0.2.$",
    "TYPE1 192.0.2.$",
    "DNAME $.net.",
    "TXT a$;b",
    "A 192.0.2.${200}",
    "a 192.0.2.$",
    "TYPE65280 \"\\# 1 0$\"",
    "SRV \"0 0 $ m\"",
    "AAAA \"::$\"",
    "FOO $",
];
const BLANKS: &[&str] = &[" ", " ", " ", "\t", "  ", " \t ", "   \t"];
const ENDS: &[&str] =
    &["", "", "", "", "", " ", "\t", " ; c", ";c", " ;", " ; \"x", " ; ( x", " ;\u{e9}", " ; \\"];

/// Words with blanks between them, and perhaps parentheses, line ends and comments at any place.
fn joined(dice: &mut Dice, words: &[String], from: usize) -> String {
    let pair = if words.len() > from && dice.once_in(6) {
        let open = from + dice.below(words.len() - from);
        Some((open, open + dice.below(words.len() - open)))
    } else {
        None
    };
    let broken = |dice: &mut Dice| match dice.below(6) {
        0 => "\n ".to_owned(),
        1 => " ; c\n\t".to_owned(),
        2 => "\n\n".to_owned(),
        3 => "\n".to_owned(),
        _ => dice.of(BLANKS).to_owned(),
    };
    let (mut line, mut within) = (String::new(), false);
    for (at, word) in words.iter().enumerate() {
        if at > 0 {
            line.push_str(&if within { broken(dice) } else { dice.of(BLANKS).to_owned() });
        }
        if pair.is_some_and(|(open, _)| open == at) {
            line.push_str(if dice.once_in(3) { "(" } else { "( " });
            within = true;
        }
        line.push_str(word);
        if pair.is_some_and(|(_, close)| close == at) {
            line.push_str(if dice.once_in(3) { ")" } else { " )" });
            within = false;
        }
    }
    if dice.once_in(60) {
        line.push_str(dice.of(&["(", ")", " ( ", " )", "\"", "("]));
    }
    // BIND takes a form feed for a part of the word before it, and reads on after what it knows of an EUI48.
    let feed = dice.once_in(40) && !words.iter().any(|word| word.starts_with("EUI"));
    line + dice.of(ENDS) + if feed { "\u{c}" } else { "" }
}

fn owner(dice: &mut Dice) -> String {
    match dice.below(40) {
        0 => "l".repeat(63),
        1 => "l".repeat(64),
        // With .example.com. behind them 255 octets, and 256.
        2 => format!("{}.{}.{}.{}", "l".repeat(63), "m".repeat(63), "n".repeat(63), "o".repeat(49)),
        3 => format!("{}.{}.{}.{}", "l".repeat(63), "m".repeat(63), "n".repeat(63), "o".repeat(50)),
        4..=11 => String::new(),
        // A name of its own, so that what follows is looked at by itself.
        12..=27 => format!("n{}", dice.below(1000)),
        _ => dice.of(OWNERS).to_owned(),
    }
}

fn record(dice: &mut Dice) -> String {
    let owner = owner(dice);
    let ttls = if dice.once_in(3) { TTLS } else { &["", "300"] };
    let ttl = dice.of(ttls);
    let classes = if dice.once_in(4) { CLASSES } else { &["", "IN"] };
    let class = dice.of(classes);
    let (rtype, data) = DATA[dice.below(DATA.len())];
    let data = if dice.once_in(2) { data[0] } else { dice.of(data) };
    let head = if dice.once_in(2) { [ttl, class] } else { [class, ttl] };
    let words: Vec<String> = head
        .into_iter()
        .chain([rtype])
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .chain(pieces(data))
        .collect();
    let start = if owner.is_empty() { dice.of(BLANKS).to_owned() } else { owner + dice.of(BLANKS) };
    if dice.once_in(80) {
        // A parenthesis before everything.
        return format!("({start}{} )", joined(dice, &words, 0));
    }
    start + &joined(dice, &words, 0)
}

/// The words of some data; blanks in quotes part nothing.
fn pieces(data: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted, mut escaped) = (Vec::new(), String::new(), false, false);
    for character in data.chars() {
        if character == ' ' && !quoted {
            words.push(std::mem::take(&mut word));
            continue;
        }
        quoted ^= character == '"' && !escaped;
        escaped = character == '\\' && !escaped;
        word.push(character);
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

fn odd_line(dice: &mut Dice) -> String {
    match dice.below(20) {
        0 | 1 => dice.of(DIRECTIVES).to_owned() + dice.of(ENDS),
        2 => {
            let words = [dice.of(RANGES), dice.of(LEFT), dice.of(RIGHT)];
            let generate = dice.of(&["$GENERATE", "$GENERATE", "$generate"]);
            format!("{generate} {}{}", words.join(dice.of(BLANKS)), dice.of(ENDS))
        }
        3 => dice
            .of(&["", " ", "\t", "; c", " ; c", ";~ x A 1", "\u{c}", "( )", "()", " ( ) ", "\"\"", "\u{1a}"])
            .to_owned(),
        _ => record(dice),
    }
}

/// A zone of `example.com` with some odd lines.
pub fn odd_zone(dice: &mut Dice) -> OddZone {
    let mut lines = Vec::new();
    if !dice.once_in(6) {
        lines.push(format!("$TTL {}", dice.of(&["1h", "3600", "1h", "1d12h"])));
    }
    if dice.once_in(15) {
        lines.push(odd_line(dice));
    }
    let soa = ["@", "IN", "SOA", "ns1", "hostmaster", "7", "1h", "15m", "2w", "5m"].map(str::to_owned);
    lines.push(joined(dice, &soa, 3));
    lines.push("@ NS ns1".into());
    lines.push("ns1 A 127.0.0.1".into());
    // BIND takes a DS record at a name that the NS records right before it name for one at the top.
    lines.push("before A 192.0.2.2".into());
    for _ in 0..1 + dice.below(5) {
        lines.push(odd_line(dice));
    }
    OddZone { lines, crlf: dice.once_in(12), open_end: dice.once_in(12) }
}
