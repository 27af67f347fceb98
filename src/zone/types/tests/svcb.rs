//! SvcParams: RFC 9460 appendix D, and what its sections ask for.

use super::*;

const FOO_COM: &str = "03 666F6F 07 6578616D706C65 03 636F6D 00";
const FOO_ORG: &str = "03 666F6F 07 6578616D706C65 03 6F7267 00";

/// Appendix D.1 and D.2: text, octets, our text.
#[test]
fn appendix_d_forms() {
    for (line, digits, printed) in [
        ("0 foo.example.com.", "0000 <C>", "0 foo.example.com."),
        ("1 .", "0001 00", "1 ."),
        ("16 foo.example.com. port=53", "0010 <C> 0003 0002 0035", "16 foo.example.com. port=53"),
        (
            "1 foo.example.com. key667=hello",
            "0001 <C> 029B 0005 68656C6C6F",
            "1 foo.example.com. key667=\"hello\"",
        ),
        (
            "1 foo.example.com. key667=\"hello\\210qoo\"",
            "0001 <C> 029B 0009 68656C6C6FD2716F6F",
            "1 foo.example.com. key667=\"hello\\210qoo\"",
        ),
        (
            "1 foo.example.com. (ipv6hint=\"2001:db8::1,2001:db8::53:1\")",
            "0001 <C> 0006 0020 20010DB8000000000000000000000001 20010DB8000000000000000000530001",
            "1 foo.example.com. ipv6hint=2001:db8::1,2001:db8::53:1",
        ),
        (
            "1 example.com. (ipv6hint=\"2001:db8:122:344::192.0.2.33\")",
            "0001 07 6578616D706C65 03 636F6D 00 0006 0010 20010DB8012203440000 0000C0000221",
            "1 example.com. ipv6hint=2001:db8:122:344::c000:221",
        ),
        (
            "16 foo.example.org. (alpn=h2,h3-19 mandatory=ipv4hint,alpn ipv4hint=192.0.2.1)",
            "0010 <O> 0000 0004 0001 0004 0001 0009 02 6832 05 68332D3139 0004 0004 C0000201",
            "16 foo.example.org. mandatory=alpn,ipv4hint alpn=\"h2,h3-19\" ipv4hint=192.0.2.1",
        ),
        (
            "16 foo.example.org. alpn=\"f\\\\\\\\oo\\\\,bar,h2\"",
            "0010 <O> 0001 000C 08 665C6F6F2C626172 02 6832",
            "16 foo.example.org. alpn=\"f\\\\\\\\oo\\\\,bar,h2\"",
        ),
        (
            "16 foo.example.org. alpn=f\\\\\\092oo\\092,bar,h2",
            "0010 <O> 0001 000C 08 665C6F6F2C626172 02 6832",
            "16 foo.example.org. alpn=\"f\\\\\\\\oo\\\\,bar,h2\"",
        ),
    ] {
        let rdata = hex(&digits.replace("<C>", FOO_COM).replace("<O>", FOO_ORG));
        for mnemonic in ["SVCB", "HTTPS"] {
            assert_eq!(parse(mnemonic, line), Ok(rdata.clone()), "{line}");
            assert_eq!(format_rdata(rtype(mnemonic), &rdata, None), printed);
        }
    }
}

/// Appendix D.3, and a few of the same kind.
#[test]
fn appendix_d_failures() {
    for (params, why) in [
        ("key123=abc key123=def", "given twice"),
        ("mandatory", "mandatory needs a value"),
        ("alpn", "alpn needs a value"),
        ("port", "port needs a value"),
        ("ipv4hint", "ipv4hint needs a value"),
        ("ipv6hint", "ipv6hint needs a value"),
        ("no-default-alpn=abc", "no-default-alpn takes no value"),
        ("mandatory=key123", "mandatory lists key123, which is not given"),
        ("mandatory=mandatory", "must not list itself"),
        ("mandatory=key123,key123 key123=abc", "twice"),
        ("port=65536", "from 0 to 65535"),
        ("port=-1", "from 0 to 65535"),
        ("ipv4hint=192.0.2", "IPv4 addresses"),
        ("ipv6hint=192.0.2.1", "IPv6 addresses"),
        ("alpn=h2,,h3", "1 to 255 octets"),
        ("ech=!", "base 64"),
        ("no-default-alpn", "needs alpn"),
        ("dohpath=dns-query", "begins with /"),
        ("key65536=a", "not a parameter"),
        ("Port=1", "Port is written in small letters: port"),
        ("key09=a", "key09 is not a parameter"),
        ("color=red", "color is not a parameter"),
        ("alpn=\\300", "backslash"),
    ] {
        let (message, field, _) = refusal("SVCB", &format!("1 foo.example.com. {params}"));
        assert!(message.contains(why), "{params}: {message}");
        assert_eq!(field, 2);
    }
}

/// A lexer may leave the quotes inside the word, or end it there.
#[test]
fn quoted_values_in_either_shape() {
    let token = |text: &'static str, quoted| Token { text: text.as_bytes(), quoted };
    let start = [token("1", false), token(".", false)];
    let inside = [&start[..], &[token("alpn=\"h2,h3\"", false), token("port=1", false)]].concat();
    let apart = [&start[..], &[token("alpn=", false), token("h2,h3", true), token("port=1", false)]].concat();
    let rdata = parse("SVCB", "1 . alpn=h2,h3 port=1").unwrap();
    for tokens in [inside, apart] {
        assert_eq!(
            &*parse_rdata(RecordType::SVCB, &tokens, Name::root().as_ref()).unwrap(),
            rdata.as_slice()
        );
    }
}

/// Names that not every server knows are read, and never written.
#[test]
fn only_names_that_all_servers_know_are_written() {
    let rdata = parse("SVCB", "1 . alpn=h2 dohpath=/q{?dns} ohttp mandatory=alpn,dohpath,ohttp").unwrap();
    let line = format_rdata(RecordType::SVCB, &rdata, None);
    assert_eq!(line, "1 . mandatory=alpn,key7,key8 alpn=\"h2\" key7=\"/q{?dns}\" key8");
    assert_eq!(parse("SVCB", &line), Ok(rdata));
}

/// Values that do not have their key's form are octets; parameters out of order are no SvcParams.
#[test]
fn odd_parameters_stay_visible() {
    for (digits, printed) in [
        ("0001 00 0003 0003 000001", "1 . key3=\"\\000\\000\\001\""),
        ("0001 00 0002 0000", "1 . key2"),
        ("0001 00 0000 0002 0004", "1 . key0=\"\\000\\004\""),
        ("0001 00 0001 0000", "1 . key1"),
        ("0001 00 0001 0003 026832 0002 0000", "1 . alpn=\"h2\" no-default-alpn"),
        (
            "0001 00 0007 0010 2F646E732D71756572797B3F646E737D 0008 0000",
            "1 . key7=\"/dns-query{?dns}\" key8",
        ),
        ("0001 00 0003 0002 0001 0001 0003 026832", "\\# 16 0001000003000200010001000 3026832"),
        ("0001 00 0003 0005 0001", "\\# 9 000100000300050001"),
    ] {
        let rdata = hex(digits);
        let line = format_rdata(RecordType::HTTPS, &rdata, None);
        assert_eq!(line, printed.replace("000 3026832", "0003026832"));
        assert_eq!(parse("HTTPS", &line), Ok(rdata));
    }
}
