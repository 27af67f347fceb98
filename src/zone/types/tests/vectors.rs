//! RDATA of the RFCs: text, octets, and text again.

use super::*;

/// Type, zone-file text, octets, and how we print them.
pub(crate) type Vector = (&'static str, &'static str, &'static str, &'static str);

const EXAMPLE_COM: &str = "07 6578616D706C65 03 636F6D 00";

/// Text of the RFC named, in the octets that it gives or that follow from its format.
pub(crate) const VECTORS: &[Vector] = &[
    // RFC 1035 sections 3.4.1 and 5.3
    ("A", "26.3.0.103", "1A030067", "26.3.0.103"),
    // RFC 3596 and RFC 5952 section 4
    ("AAAA", "2001:DB8:0:0:1:0:0:1", "20010DB8000000000001000000000001", "2001:db8::1:0:0:1"),
    ("AAAA", "::ffff:192.0.2.1", "00000000000000000000FFFFC0000201", "::ffff:192.0.2.1"),
    ("AAAA", "::", "00000000000000000000000000000000", "::"),
    // RFC 1035 section 5.3, with the origin of these tests
    (
        "SOA",
        "VENERA Action\\.domains ( 20 7200 600 3600000 60 )",
        "06 56454E455241 <> 0E 416374696F6E2E646F6D61696E73 <> 00000014 00001C20 00000258 0036EE80 0000003C",
        "VENERA.example.com. Action\\.domains.example.com. 20 7200 600 3600000 60",
    ),
    (
        "SOA",
        "@ . 4294967295 1h30M 1W2D 2w 4294967295",
        "<> 00 FFFFFFFF 00001518 000BDD80 00127500 FFFFFFFF",
        "example.com. . 4294967295 5400 777600 1209600 4294967295",
    ),
    ("NS", "A.ISI.EDU.", "01 41 03 495349 03 454455 00", "A.ISI.EDU."),
    ("CNAME", "XX", "02 5858 <>", "XX.example.com."),
    ("PTR", "MULTICS.MIT.EDU.", "07 4D554C54494353 03 4D4954 03 454455 00", "MULTICS.MIT.EDU."),
    ("MX", "10 VENERA", "000A 06 56454E455241 <>", "10 VENERA.example.com."),
    // RFC 7505 section 3
    ("MX", "0 .", "0000 00", "0 ."),
    // RFC 1035 section 5.1: every escape
    ("PTR", "a\\.b\\032\\200\\\\\\\"\\;.", "08 612E6220C85C223B 00", "a\\.b\\032\\200\\\\\\\"\\;."),
    // RFC 7208 section 3.3
    (
        "TXT",
        "\"v=spf1 .... first\" \"second string...\"",
        "11 763D73706631202E2E2E2E206669727374 10 7365636F6E6420737472696E672E2E2E",
        "\"v=spf1 .... first\" \"second string...\"",
    ),
    ("SPF", "\"v=spf1 +all\"", "0B 763D73706631202B616C6C", "\"v=spf1 +all\""),
    (
        "TXT",
        "word \"\" \"a\\\"\\\\;\\000\\255\"",
        "04 776F7264 00 06 61225C3B00FF",
        "\"word\" \"\" \"a\\\"\\\\;\\000\\255\"",
    ),
    // RFC 2782
    (
        "SRV",
        "0 3 9 new-fast-box",
        "0000 0003 0009 0C 6E65772D666173742D626F78 <>",
        "0 3 9 new-fast-box.example.com.",
    ),
    ("SRV", "0 0 0 .", "0000 0000 0000 00", "0 0 0 ."),
    // RFC 2915 section 7.1 and RFC 3403 section 6.1 (there without the escapes of a zone file)
    (
        "NAPTR",
        "100 50 \"s\" \"z3950+I2L+I2C\" \"\" _z3950._tcp.gatech.edu.",
        "0064 0032 01 73 0D 7A333935302B49324C2B493243 00 06 5F7A33393530 04 5F746370 06 676174656368 03 656475 00",
        "100 50 \"s\" \"z3950+I2L+I2C\" \"\" _z3950._tcp.gatech.edu.",
    ),
    (
        "NAPTR",
        "100 10 \"\" \"\" \"!^urn:cid:.+@([^\\\\.]+\\\\.)(.*)$!\\\\2!i\" .",
        "0064 000A 00 00 21 215E75726E3A6369643A2E2B40285B5E5C2E5D2B5C2E29282E2A2924215C322169 00",
        "100 10 \"\" \"\" \"!^urn:cid:.+@([^\\\\.]+\\\\.)(.*)$!\\\\2!i\" .",
    ),
    // RFC 8659 section 4
    (
        "CAA",
        "0 issue \"ca1.example.net; account=230123\"",
        "00 05 6973737565 6361312E6578616D706C652E6E65743B206163636F756E743D323330313233",
        "0 issue \"ca1.example.net; account=230123\"",
    ),
    ("CAA", "128 tbs Unknown", "80 03 746273 556E6B6E6F776E", "128 tbs \"Unknown\""),
    ("CAA", "0 issue \";\"", "00 05 6973737565 3B", "0 issue \";\""),
    ("CAA", "0 issue \"\"", "00 05 6973737565", "0 issue \"\""),
    // RFC 6672 section 2.3
    (
        "DNAME",
        "frobozz-division.acme.example.",
        "10 66726F626F7A7A2D6469766973696F6E 04 61636D65 07 6578616D706C65 00",
        "frobozz-division.acme.example.",
    ),
    // RFC 4034 section 5.4, RFC 4509 section 2.3, RFC 6605 section 6.2
    (
        "DS",
        "60485 5 1 ( 2BB183AF5F22588179A53B0A\n 98631FAD1A292118 )",
        "EC45 05 01 2BB183AF5F22588179A53B0A98631FAD1A292118",
        "60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118",
    ),
    (
        "DS",
        "60485 RSASHA1 2 d4b7d520e7bb5f0f67674a0ccEB1E3E0614B93C4F9E99B8383F6A1E4469DA50A",
        "EC45 05 02 D4B7D520E7BB5F0F67674A0CCEB1E3E0614B93C4F9E99B8383F6A1E4469DA50A",
        "60485 5 2 D4B7D520E7BB5F0F67674A0CCEB1E3E0614B93C4F9E99B8383F6A1E4469DA50A",
    ),
    (
        "DS",
        "10771 14 4 72d7b62976ce06438e9c0bf319013cf801f09ecc84b8 d7e9495f27e305c6a9b0563a9b5f4d288405c3008a946df983d6",
        "2A13 0E 04 72D7B62976CE06438E9C0BF319013CF801F09ECC84B8D7E9495F27E305C6A9B0563A9B5F4D288405C3008A946DF983D6",
        "10771 14 4 72D7B62976CE06438E9C0BF319013CF801F09ECC84B8D7E9495F27E305C6A9B0563A9B5F4D288405C3008A946DF983D6",
    ),
    // RFC 4255 section 3.2
    (
        "SSHFP",
        "2 1 123456789abcdef67890123456789abcdef67890",
        "02 01 123456789ABCDEF67890123456789ABCDEF67890",
        "2 1 123456789ABCDEF67890123456789ABCDEF67890",
    ),
    // RFC 6698 section 2.3, RFC 7218 section 2
    (
        "TLSA",
        "0 0 1 ( d2abde240d7cd3ee6b4b28c54df034b9\n 7983a1d16e8a410e4561cb106618e971 )",
        "00 00 01 D2ABDE240D7CD3EE6B4B28C54DF034B97983A1D16E8A410E4561CB106618E971",
        "0 0 1 D2ABDE240D7CD3EE6B4B28C54DF034B97983A1D16E8A410E4561CB106618E971",
    ),
    ("TLSA", "DANE-EE SPKI Full 30820454", "03 01 00 30820454", "3 1 0 30820454"),
    // RFC 9460 sections 2.4.2 and 10.3.2; more in `svcb`
    ("HTTPS", "0 svc.example.net.", "0000 03 737663 07 6578616D706C65 03 6E6574 00", "0 svc.example.net."),
    ("HTTPS", "1 . port=8002 ech=AAE=", "0001 00 0003 0002 1F42 0005 0002 0001", "1 . port=8002 ech=AAE="),
    // RFC 4034 section 4.3
    (
        "NSEC",
        "host ( A MX RRSIG NSEC TYPE1234 )",
        "04 686F7374 <> 00 06 400100000003 04 1B 000000000000000000000000000000000000000000000000000020",
        "host.example.com. A MX RRSIG NSEC TYPE1234",
    ),
    // RFC 4034 section 3.3
    (
        "RRSIG",
        "A 5 3 86400 20030322173103 ( 20030220173103 2642 example.com. oJB1W6WNGv+ldvQ3WDG0MQkg5IEhjRip8WTr
            PYGv07h108dUKGMeDPKijVCHX3DDKdfb+v6oB9wfuh3DTJXUAfI/M0zmO/zz8bW0Rznl8O3t
            GNazPwQKkRN20XPXV6nwwfoXmJQbsLNrLfkGJ5D6fwFm8nN+6pBzeDQfsS3Ap3o= )",
        "0001 05 03 00015180 3E7C9DD7 3E5510D7 0A52 <> A090755BA58D1AFFA576F4375831B4310920E481218D18A9F164EB3D81AFD3B875D3C75428631E0CF2A28D50875F70C329D7DBFAFEA807DC1FBA1DC34C95D401F23F334CE63BFCF3F1B5B44739E5F0EDED18D6B33F040A911376D173D757A9F0C1FA1798941BB0B36B2DF9062790FA7F0166F2737EEA907378341FB12DC0A77A",
        "A 5 3 86400 20030322173103 20030220173103 2642 example.com. oJB1W6WNGv+ldvQ3WDG0MQkg5IEhjRip8WTrPYGv07h108dUKGMeDPKijVCHX3DDKdfb+v6oB9wfuh3DTJXUAfI/M0zmO/zz8bW0Rznl8O3tGNazPwQKkRN20XPXV6nwwfoXmJQbsLNrLfkGJ5D6fwFm8nN+6pBzeDQfsS3Ap3o=",
    ),
    // RFC 5155 appendix A
    (
        "NSEC3",
        "1 1 12 aabbccdd ( 2t7b4g4vsa5smi47k61mv5bv1a22bojr MX DNSKEY NS SOA NSEC3PARAM RRSIG )",
        "01 01 000C 04 AABBCCDD 14 174EB2409FE28BCB4887A1836F957F0A8425E27B 00 07 22010000000290",
        "1 1 12 AABBCCDD 2T7B4G4VSA5SMI47K61MV5BV1A22BOJR NS SOA MX RRSIG DNSKEY NSEC3PARAM",
    ),
    ("NSEC3PARAM", "1 0 12 aabbccdd", "01 00 000C 04 AABBCCDD", "1 0 12 AABBCCDD"),
    ("NSEC3PARAM", "1 0 0 -", "01 00 0000 00", "1 0 0 -"),
    // RFC 8078 section 4
    ("CDS", "0 0 0 00", "0000 00 00 00", "0 0 0 00"),
    ("CDNSKEY", "0 3 0 AA==", "0000 03 00 00", "0 3 0 AA=="),
    // RFC 7477 section 2.1
    ("CSYNC", "66 3 A NS AAAA", "00000042 0003 00 04 60000008", "66 3 A NS AAAA"),
    // RFC 7553 section 4.6
    (
        "URI",
        "10 1 \"ftp://ftp1.example.com/public\"",
        "000A 0001 6674703A2F2F667470312E6578616D706C652E636F6D2F7075626C6963",
        "10 1 \"ftp://ftp1.example.com/public\"",
    ),
    // RFC 8976 appendix A.1
    (
        "ZONEMD",
        "2018031900 1 1 ( c68090d90a7aed716bc459f9340e3d7c1370d4d24b7e2fc3 a1ddc0b9a87153b9a9713b3c9ae5cc27777f98b8e730044c )",
        "7848B91C 01 01 C68090D90A7AED716BC459F9340E3D7C1370D4D24B7E2FC3A1DDC0B9A87153B9A9713B3C9AE5CC27777F98B8E730044C",
        "2018031900 1 1 C68090D90A7AED716BC459F9340E3D7C1370D4D24B7E2FC3A1DDC0B9A87153B9A9713B3C9AE5CC27777F98B8E730044C",
    ),
    // RFC 1876 section 4
    (
        "LOC",
        "42 21 54 N 71 06 18 W -24m 30m",
        "00 33 16 13 89172DD0 70BE15F0 00988D20",
        "42 21 54.000 N 71 6 18.000 W -24m 30m 10000m 10m",
    ),
    (
        "LOC",
        "42 N 71 W 0",
        "00 12 16 13 89032100 70C3DA80 00989680",
        "42 0 0.000 N 71 0 0.000 W 0m 1m 10000m 10m",
    ),
    ("HINFO", "VAX-11/780 UNIX", "0A 5641582D31312F373830 04 554E4958", "\"VAX-11/780\" \"UNIX\""),
    ("CERT", "PGP 0 0 AQID", "0003 0000 00 010203", "3 0 0 AQID"),
    // RFC 4025 section 3
    (
        "IPSECKEY",
        "10 1 2 192.0.2.38 AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==",
        "0A 01 02 C0000226 010351537986ED35533B6064478EEEB27B5BD74DAE149B6E81BA3A0521AF82AB7801",
        "10 1 2 192.0.2.38 AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==",
    ),
    ("IPSECKEY", "10 0 2 . AQI= ", "0A 00 02 0102", "10 0 2 . AQI="),
    (
        "IPSECKEY",
        "10 3 2 Mygateway.example.com. AQ ID",
        "0A 03 02 09 4D7967617465776179 <> 010203",
        "10 3 2 Mygateway.example.com. AQID",
    ),
    (
        "IPSECKEY",
        "10 2 2 2001:0DB8:0:8002::2000:1 AQID",
        "0A 02 02 20010DB8000080020000000020000001 010203",
        "10 2 2 2001:db8:0:8002::2000:1 AQID",
    ),
    // A gateway of a type that nobody has defined
    ("IPSECKEY", "\\# 4 0A040201", "0A 04 02 01", "\\# 4 0A040201"),
    // RFC 8777 section 4.3.1
    ("AMTRELAY", "10 0 1 203.0.113.15", "0A 01 CB00710F", "10 0 1 203.0.113.15"),
    ("AMTRELAY", "10 0 2 2001:db8::15", "0A 02 20010DB8000000000000000000000015", "10 0 2 2001:db8::15"),
    ("AMTRELAY", "128 1 3 amtrelays", "80 83 09 616D7472656C617973 <>", "128 1 3 amtrelays.example.com."),
    ("AMTRELAY", "0 0 0 .", "00 00", "0 0 0 ."),
    ("AMTRELAY", "\\# 3 0A8400", "0A 84 00", "\\# 3 0A8400"),
    // RFC 3123 section 5
    (
        "APL",
        "1:192.168.32.0/21 !1:192.168.38.0/28",
        "0001 15 03 C0A820 0001 1C 83 C0A826",
        "1:192.168.32.0/21 !1:192.168.38.0/28",
    ),
    (
        "APL",
        "1:224.0.0.0/4 2:FF00:0:0:0:0:0:0:0/8",
        "0001 04 01 E0 0002 08 01 FF",
        "1:224.0.0.0/4 2:ff00::/8",
    ),
    ("APL", "1:0.0.0.0/0 !2:::/0", "0001 00 00 0002 00 80", "1:0.0.0.0/0 !2:::/0"),
    ("APL", "", "", ""),
    // Zeros at the end of an address, a family without text, a prefix that is too long
    ("APL", "\\# 6 000118020A00", "0001 18 02 0A00", "\\# 6 000118020A00"),
    ("APL", "\\# 4 00030000", "0003 00 00", "\\# 4 00030000"),
    ("APL", "\\# 4 00012100", "0001 21 00", "\\# 4 00012100"),
    // RFC 4701 section 3.6
    (
        "DHCID",
        "( AAIBY2/AuCccgoJbsaxcQc9TUapptP69l\n OjxfNuVAA2kjEA= )",
        "0002 01 636FC0B8271C82825BB1AC5C41CF5351AA69B4FEBD94E8F17CDB95000DA48C40",
        "AAIBY2/AuCccgoJbsaxcQc9TUapptP69lOjxfNuVAA2kjEA=",
    ),
    // RFC 9859 section 2
    (
        "DSYNC",
        "CDS NOTIFY 5359 cds-scanner.example.net.",
        "003B 01 14EF 0B 6364732D7363616E6E6572 07 6578616D706C65 03 6E6574 00",
        "CDS 1 5359 cds-scanner.example.net.",
    ),
    // RFC 7043 sections 3.2 and 4.2
    ("EUI48", "00-00-5e-00-53-2a", "00005E00532A", "00-00-5e-00-53-2a"),
    ("EUI64", "00-00-5E-EF-10-00-00-2A", "00005EEF1000002A", "00-00-5e-ef-10-00-00-2a"),
    // RFC 8005 section 6
    (
        "HIP",
        "2 200100107B1A74DF365639CC39F1D578 AwEAAbdx rvs1 rvs2.example.com.",
        "10 02 0006 200100107B1A74DF365639CC39F1D578 03010001B771 04 72767331 <> 04 72767332 <>",
        "2 200100107B1A74DF365639CC39F1D578 AwEAAbdx rvs1.example.com. rvs2.example.com.",
    ),
    ("HIP", "255 20 AA==", "01 FF 0001 20 00", "255 20 AA=="),
    // RFC 6742 sections 2.1.3 to 2.4.3
    ("NID", "10 0014:4fff:ff20:ee64", "000A 00144FFFFF20EE64", "10 0014:4fff:ff20:ee64"),
    ("L32", "10 10.1.2.0", "000A 0A010200", "10 10.1.2.0"),
    ("L64", "10 2001:DB8:1140:0", "000A 20010DB811400000", "10 2001:0db8:1140:0000"),
    ("LP", "10 l64-subnet1", "000A 0B 6C36342D7375626E657431 <>", "10 l64-subnet1.example.com."),
    // RFC 9606 section 7
    (
        "RESINFO",
        "qnamemin exterr=15,16,17 infourl=https://resolver.example.com/guide",
        "08 716E616D656D696E 0F 6578746572723D31352C31362C3137 2A 696E666F75726C3D68747470733A2F2F7265736F6C7665722E6578616D706C652E636F6D2F6775696465",
        "\"qnamemin\" \"exterr=15,16,17\" \"infourl=https://resolver.example.com/guide\"",
    ),
    ("WALLET", "BTC \"x y\"", "03 425443 03 782079", "\"BTC\" \"x y\""),
    ("HHIT", "gwppaWl0", "830A69696974", "gwppaWl0"),
    ("BRID", "owAAAYIE", "A30000018204", "owAAAYIE"),
    // RFC 2535 section 5.3: types below 128 in one bitmap
    (
        "NXT",
        "medium.foo.tld. A MX SIG NXT",
        "06 6D656469756D 03 666F6F 03 746C64 00 40010082",
        "medium.foo.tld. A MX SIG NXT",
    ),
    ("NXT", ". TYPE127", "00 00000000000000000000000000000001", ". TYPE127"),
    ("NXT", "\\# 3 004000", "00 4000", "\\# 3 004000"),
    ("NXT", "\\# 2 0080", "00 80", "\\# 2 0080"),
    // RFC 1035 section 3.4.2
    ("WKS", "10.0.0.1 TCP telnet smtp 0", "0A000001 06 80000140", "10.0.0.1 6 0 23 25"),
    ("WKS", "10.0.0.1 17", "0A000001 11", "10.0.0.1 17"),
    ("WKS", "\\# 6 0A0000010600", "0A000001 06 00", "\\# 6 0A0000010600"),
    // RFC 1712 section 4
    (
        "GPOS",
        "-32.6882 116.8652 10.0",
        "08 2D33322E36383832 08 3131362E38363532 04 31302E30",
        "\"-32.6882\" \"116.8652\" \"10.0\"",
    ),
    // RFC 1183 sections 3.1 and 3.2
    ("X25", "311061700956", "0C 333131303631373030393536", "311061700956"),
    ("X25", "\\# 4 03333131", "03 333131", "\\# 4 03333131"),
    ("ISDN", "150862028003217", "0F 313530383632303238303033323137", "\"150862028003217\""),
    (
        "ISDN",
        "150862028003217 004",
        "0F 313530383632303238303033323137 03 303034",
        "\"150862028003217\" \"004\"",
    ),
    ("ISDN", "\"\" \"\"", "00 00", "\"\" \"\""),
    // RFC 1706 section 7
    (
        "NSAP",
        "0x47.0005.80.005a00.0000.0001.e133.ffffff000161.00",
        "47000580005A0000000001E133FFFFFF00016100",
        "0x47000580005A0000000001E133FFFFFF00016100",
    ),
    ("NSAP-PTR", "foo", "03 666F6F <>", "foo.example.com."),
    ("EID", "E32C 6F78", "E32C6F78", "E32C6F78"),
    ("NIMLOC", "32251a030067", "32251A030067", "32251A030067"),
    ("NINFO", "a \"\"", "01 61 00", "\"a\" \"\""),
    ("RKEY", "0 NONE 5 AQ==", "0000 00 05 01", "0 0 5 AQ=="),
    ("TALINK", ". next", "00 04 6E657874 <>", ". next.example.com."),
    (
        "AVC",
        "\"app-name:WOLFGANG|app-class:OAM\"",
        "1F 6170702D6E616D653A574F4C4647414E477C6170702D636C6173733A4F414D",
        "\"app-name:WOLFGANG|app-class:OAM\"",
    ),
    (
        "TA",
        "4660 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118",
        "1234 05 01 2BB183AF5F22588179A53B0A98631FAD1A292118",
        "4660 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118",
    ),
    (
        "DLV",
        "4660 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118",
        "1234 05 01 2BB183AF5F22588179A53B0A98631FAD1A292118",
        "4660 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118",
    ),
    // RFC 2535 section 3.1: a KEY without a key has text, other keys that are empty have none
    ("KEY", "49152 3 0", "C000 03 00", "49152 3 0"),
    ("KEY", "512 DNSSEC 13 AQ==", "0200 03 0D 01", "512 3 13 AQ=="),
    ("KEY", "\\# 4 02000308", "0200 03 08", "\\# 4 02000308"),
    ("KEY", "\\# 5 C000030001", "C000 03 00 01", "\\# 5 C000030001"),
    ("DNSKEY", "\\# 4 01000308", "0100 03 08", "\\# 4 01000308"),
    ("OPENPGPKEY", "\\# 0", "", "\\# 0"),
    // RFC 3597 section 5: the generic form, also for known types
    ("TYPE731", "\\# 6 abcdef (01 23 45)", "ABCDEF012345", "\\# 6 ABCDEF012345"),
    ("TYPE62347", "\\# 0", "", "\\# 0"),
    ("A", "\\# 4 0A000001", "0A000001", "10.0.0.1"),
    ("A", "\\# 3 0A0000", "0A0000", "\\# 3 0A0000"),
    ("MX", "\\# 0", "", "\\# 0"),
];

fn octets(digits: &str) -> Vec<u8> {
    hex(&digits.replace("<>", EXAMPLE_COM))
}

#[test]
fn rfc_vectors() {
    for (mnemonic, line, digits, printed) in VECTORS {
        let rdata = octets(digits);
        assert_eq!(parse(mnemonic, line), Ok(rdata.clone()), "{mnemonic} {line}");
        assert_eq!(format_rdata(rtype(mnemonic), &rdata, None), *printed);
        assert_eq!(
            is_valid(rtype(mnemonic), &rdata),
            mnemonic.starts_with("TYPE") || !printed.starts_with('\\')
        );
    }
}

/// What stands between the fields: where one says what another is, and how long.
#[test]
fn fields_that_depend_on_others() {
    for (mnemonic, line, field, part) in [
        ("IPSECKEY", "10 0 2 gw AQ==", 3, "the gateway is . where its type is 0"),
        ("IPSECKEY", "10 1 2 gw AQ==", 3, "IPv4"),
        ("IPSECKEY", "10 4 2 gw AQ==", 3, "0 none, 1 an IPv4 address"),
        ("IPSECKEY", "10 1 2 192.0.2.1", 4, "the public key is missing"),
        ("AMTRELAY", "10 2 1 192.0.2.1", 1, "the discovery is a number from 0 to 1"),
        ("AMTRELAY", "10 0 128 192.0.2.1", 2, "from 0 to 127"),
        ("AMTRELAY", "10 1 2 192.0.2.1", 3, "IPv4"),
        ("AMTRELAY", "10 1 9 .", 3, "0 none"),
        ("HIP", "2 2001001 AQ==", 1, "hexadecimal"),
        ("HIP", "2 \"\" AQ==", 1, "hexadecimal"),
        ("HIP", "2 20 \"\"", 2, "the public key is missing"),
        ("KEY", "49152 3 0 AQ==", 3, "left out"),
        ("KEY", "512 3 8", 3, "missing"),
    ] {
        let (message, found, _) = refusal(mnemonic, line);
        assert!(message.contains(part), "{mnemonic} {line}: {message}");
        assert_eq!(found, field, "{mnemonic} {line}: {message}");
    }
    let long = format!("2 {} AQ==", "00".repeat(256));
    assert!(refusal("HIP", &long).0.contains("1 to 255"));
}

#[test]
fn names_of_gateways_and_servers() {
    for (mnemonic, line, names) in [
        ("IPSECKEY", "10 3 2 GW.example.com. AQ==", "GW.example.com."),
        ("IPSECKEY", "10 1 2 65.66.67.68 AQ==", ""),
        ("AMTRELAY", "10 1 3 Relay.example.com.", "Relay.example.com."),
        ("HIP", "2 20 AQ== A.example. b.example.", "A.example. b.example."),
        ("HIP", "2 20 AQ==", ""),
    ] {
        let rdata = parse(mnemonic, line).unwrap();
        let found: Vec<_> = names_in(rtype(mnemonic), &rdata).iter().map(|name| name.to_string()).collect();
        assert_eq!(found.join(" "), names, "{line}");
        assert_eq!(canonical(rtype(mnemonic), &rdata), rdata, "servers compare octets here");
    }
}

#[test]
fn every_type_has_a_vector() {
    // They have tests of their own, or share the fields of a type that is here.
    let elsewhere =
        ["SVCB", "SMIMEA", "RP", "AFSDB", "KX", "SIG", "RT", "PX", "MD", "MF", "MB", "MG", "MR", "MINFO"];
    for entry in table() {
        let found = VECTORS.iter().any(|vector| vector.0 == entry.mnemonic);
        assert!(found || elsewhere.contains(&entry.mnemonic), "{}", entry.mnemonic);
    }
}

#[test]
fn names_are_relative_only_where_that_loses_nothing() {
    let origin = name("example.com.");
    for (target, written) in [
        ("www.example.com.", "www"),
        ("example.com.", "@"),
        ("www.Example.com.", "www.Example.com."),
        ("wwwexample.com.", "wwwexample.com."),
        (".", "."),
        ("com.", "com."),
    ] {
        let rdata = name(target);
        assert_eq!(format_rdata(RecordType::CNAME, rdata.wire(), Some(origin.as_ref())), written);
    }
    assert_eq!(format_rdata(RecordType::CNAME, &[0], Some(Name::root().as_ref())), ".");
}
