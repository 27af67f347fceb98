//! Dialogs, menus, zone files and texts with errors on a wide terminal: they show more, not larger.

use super::screens::edited;
use super::{Test, broken, files};

#[test]
fn push_dialog() {
    insta::assert_snapshot!(edited().keys("c w").screen(132, 43), @"
     example.com · ns1.example.com · serial 2026112101 · 3 changes                                                                 demo
    ┌ Changes ──────────────────────────────────────────────────────────────────────────────────────────────────────────────── 3 of 3 ─┐
    │ [x] old A                                                                                                                        │
    │     - 1d      192.0.2.99                                                                                                         │
    │ [x] shop CNAME                                                                                                                   │
    │     - 5m      www.example.com.                                                                                                   │
    │     + 5m      shops.example.net.                                                                                                 │
    │▌[x] www A                                                                                                                        │
    │       TTL 1h -> 5m (3 records)                                                                                                   │
    │     + 5m      192.0.2.12                                                                                                         │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                         ┌ Push ───────────────────────────────────────────────────────────────────────┐                          │
    │                         │ Zone    example.com.  serial 2026112101                                     │                          │
    │                         │ Server  ns1.example.com                                                     │                          │
    │                         │ Key     ns1-key                                                             │                          │
    │                         │ Change  3 record sets: 2 records deleted, 2 added, TTL of 2 records changed │                          │
    │                         │ Guard   4 prerequisites: refused if somebody changed it meanwhile           │                          │
    │                         │                                                                             │                          │
    │                         │  (y) Push   (e) Note...  ▌(n) Cancel                                        │                          │
    │                         └─────────────────────────────────────────────────────────────────────────────┘                          │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    └──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┘

     Enter press  Esc cancel
    ");
}

#[test]
fn quit_dialog() {
    insta::assert_snapshot!(edited().keys("q").screen(132, 43), @r#"
     example.com · ns1.example.com · serial 2026112101 · 3 changes                                                                 demo
    ┌ Nameservers ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┐
    │▌ ns1.example.com.                              192.0.2.53    2026112101  in sync           UDP 3 ms     TCP 4 ms                 │
    │                                                2001:db8::53  2026112101  in sync           UDP 4 ms     TCP 5 ms                 │
    │  ns2.example.net.                              198.51.100.7  2026112100  1 behind         UDP 31 ms    TCP 33 ms                 │
    └──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┘
    ┌ Records ────────────────────────────────────────────────────────────────────────────────────────────────────────────── 16 of 16 ─┐
    │  Name                             TTL  Type       Data                                    Note                                   │
    │  @                                 1h  SOA        ns1 hostmaster 2026112101 3600 900 12…  The zone's own record: serial number a…│
    │  @                                 1h  A          192.0.2.1                               The IPv4 address of a host. Several at…│
    │  @                                 1h  MX         10 mail                                 A host that takes mail for the name. A…│
    │  @                                 5m  TXT        "v=spf1 mx include:_spf.example.net i…  Text for programs: SPF, DKIM, DMARC, p…│
    │  *.dev                             1h  A          192.0.2.200                             answers for names here that do not exi…│
    │  ftp                               1h  CNAME      www                                     An alias: everything asked of this nam…│
    │  mail                              1h  A          192.0.2.25                              The IPv4 address of a host. Several at…│
    │  ns1                               1h  A          192.0.2.53                              The IPv4 address of a host. Several at…│
    │  ns1                               1h  AAAA       2001:db8::53                            The IPv6 address of a host.            │
    │ -old                               1d  A          192.0.2.99                              deleted; - brings it back              │
    │ ~shop                              5m  CNAME      shops.example.net.                      was www                                │
    │  sub                     ┌ Quit ──────────────────────────────────────────────────────────────────────┐thers answer below this n…│
    │  ns.sub                  │ 3 changes not pushed yet.                                                  │ess of a host. Several at…│
    │ ~www                     │                                                                            │                          │
    │ ~www                     │ ▌(k) Keep draft and quit   (p) Push...   (d) Discard...   (c) Cancel       │                          │
    │▌+www                     └────────────────────────────────────────────────────────────────────────────┘served round robin        │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    └──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┘

     Enter press  Esc cancel
    "#);
}

#[test]
fn type_chooser() {
    insta::assert_snapshot!(edited().keys("+").screen(132, 43), @r#"
     example.com · ns1.example.com · serial 2026112101 · 3 changes                                                                 demo
    ┌ Type of the new record ──────────────────────────────────────────────────────────────────────────────────────────────────────────┐
    │ type:                                                                                                                            │
    │▌A           The IPv4 address of a host. Several at a name share the load.                                                        │
    │ AAAA        The IPv6 address of a host.                                                                                          │
    │ CNAME       An alias: everything asked of this name is answered from the target. Nothing else may stand at the name.             │
    │ MX          A host that takes mail for the name. A single MX "0 ." says that the name takes no mail (RFC 7505).                  │
    │ TXT         Text for programs: SPF, DKIM, DMARC, proofs of ownership.                                                            │
    │ NS          A nameserver of the zone; below the zone's own name it delegates that name to another zone.                          │
    │ SRV         Host and port of a service, at a name such as _sip._tcp. Target . says that there is no such service.                │
    │ CAA         Which certificate authorities may issue certificates for the name and the names below it.                            │
    │ PTR         The name of an address, in a reverse zone; elsewhere a pointer to another name, as in service discovery.             │
    │ HTTPS       How to reach the name's website: protocols, port, address hints. Priority 0 is an alias that may stand at the apex.  │
    │ SOA         The zone's own record: serial number and timers for its secondaries. One per zone, at its apex.                      │
    │ SVCB        How to reach a service other than a website, at a name such as _dns: host, protocols, port, address hints.           │
    │ TLSA        The certificate or key of a TLS server, at a name such as _25._tcp.mail (DANE). Needs a signed zone.                 │
    │ SSHFP       Fingerprint of a host's SSH key; ssh-keygen -r prints it.                                                            │
    │ DS          Fingerprint of a delegated zone's key: makes the delegation secure. Stands beside its NS records.                    │
    │ NAPTR       A rewriting rule: from a number or name to a service, used by telephony (ENUM, SIP).                                 │
    │ DNAME       An alias for everything below the name, but not for the name itself.                                                 │
    │ URI         The URI of a service, at a name such as _ftp._tcp.                                                                   │
    │ SMIMEA      The S/MIME certificate of a mailbox. Needs a signed zone.                                                            │
    │ OPENPGPKEY  The OpenPGP key of a mailbox. Needs a signed zone.                                                                   │
    │ CERT        A certificate, or where to find it.                                                                                  │
    │ LOC         A place on earth.                                                                                                    │
    │ HINFO       Kind of machine and system. Today mostly a minimal answer to ANY (RFC 8482).                                         │
    │ RP          The person responsible for a name.                                                                                   │
    │ AFSDB       A database server of an AFS cell.                                                                                    │
    │ KX          A host that exchanges keys for the name.                                                                             │
    │ CSYNC       Asks the parent zone to copy NS and address records from this zone.                                                  │
    │ IPSECKEY    The key and gateway for IPsec traffic to an address, in a reverse zone.                                              │
    │ AMTRELAY    A relay for multicast through networks that have none (AMT), in the sender's reverse zone.                           │
    │ APL         A list of address prefixes. Never came into wide use.                                                                │
    │ DHCID       Says which DHCP client a name was given to. Made by DHCP servers.                                                    │
    │ DSYNC       Where a child zone tells its parent of new DS or NS records, at a name such as _dsync.                               │
    │ EUI48       A hardware address (MAC). Anybody can read it: better not in public zones.                                           │
    │ EUI64       A hardware address of 64 bits. Anybody can read it: better not in public zones.                                      │
    │ HIP         The identity of a host that speaks HIP, and the servers through which to reach it.                                   │
    │ NID         The node identifier of a host that speaks ILNP.                                                                      │
    │ L32         A locator of 32 bits, for hosts that speak ILNP over IPv4.                                                           │
    └──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┘

     Enter choose  Esc close  F1 help
    "#);
}

#[test]
fn palette() {
    insta::assert_snapshot!(edited().keys(": 're'").screen(132, 43), @r#"
     example.com · ns1.example.com · serial 2026112101 · 3 changes                                                                 demo
    ┌ Nameservers ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┐
    │▌ ns1.example.com.                              192.0.2.53    2026112101  in sync           UDP 3 ms     TCP 4 ms                 │
    │                                                2001:db8::53  2026112101  in sync           UDP 4 ms     TCP 5 ms                 │
    │  ns2.example.net.                              198.51.100.7  2026112100  1 behind         UDP 31 ms    TCP 33 ms                 │
    └──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┘
    ┌ Records ────────────────────────────────────────────────────────────────────────────────────────────────────────────── 16 of 16 ─┐
    │  Name                             TTL  Type       Data                                    Note                                   │
    │  @                                 1h  SOA        ns1 hostmaster 2026112101 3600 900 12…  The zone's own record: serial number a…│
    │  @                                 1h  A          192.0.2.1                               The IPv4 address of a host. Several at…│
    │  @                                 1h  MX         10 mail                                 A host that takes mail for the name. A…│
    │  @                                 5m  TXT        "v=spf1 mx include:_spf.example.net i…  Text for programs: SPF, DKIM, DMARC, p…│
    │  *.dev                             1h  A          192.0.2.200                             answers for names here that do not exi…│
    │  ftp                               1h  CNAME      www                                     An alias: everything asked of this nam…│
    │  mail                              1h  A          192.0.2.25                              The IPv4 address of a host. Several at…│
    │  ns1                               1h  A          192.0.2.53                              The IPv4 address of a host. Several at…│
    │  ns1                               1h  AAAA       2001:db8::53                            The IPv6 address of a host.            │
    │ -old                               1d  A          192.0.2.99                              deleted; - brings it back              │
    │ ~shop                              5m  CNAME      shops.example.net.                      was www                                │
    │  sub                               1h  NS         ns.sub                                  delegation: others answer below this n…│
    │  ns.sub                            1h  A          192.0.2.77                              The IPv4 address of a host. Several at…│
    │ ~www                               5m  A          192.0.2.10                              TTL was 1h                             │
    │ ~www                               5m  A          192.0.2.11                              TTL was 1h                             │
    │▌+www                               5m  A          192.0.2.12                              3 addresses, served round robin        │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    ┌ Commands ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┐
    │▌redo              U Ctrl-R       not now: nothing to do again                                                                    │
    │ replace           %              replace OLD NEW: address, range, target or "text"; in rows marked, else shown, else all         │
    │ registrar                        what to tell the registrar; to copy                                                             │
    │ references        #              show what refers to the address or target; again: to the name                                   │
    │ review            w Ctrl-S F2    review the changes, then push them                                                              │
    │ reload            R              load the zone again; edits are kept and put on top                                              │
    │ records           1              the screen with nameservers and records                                                         │
    │ repaint           Ctrl-L         paint the screen again                                                                          │
    │ sort-reverse      r              sort the other way round                                                                        │
    │ mark-record       Space          mark the record, or not                                                                         │
    │ raise-ttls                       not now: no TTLs are lowered; :lower-ttls does that, and keeps what they were                   │
    │ mark-range        v              mark the rows from here to where you go                                                         │
    └──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┘

     :re
    "#);
}

#[test]
fn the_table_of_a_file() {
    let mut test = files::file(files::FILE);
    files::edit(&mut test);
    insta::assert_snapshot!(test.screen(132, 43), @"
     example.com · /etc/bind/office.zone · serial 2026112101 · 2 changes
    ┌ Nameservers ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┐
    │▌ ns1.example.com.                                192.0.2.53  not asked: this is a file                                           │
    │  ns.example.net.                                             its address is not in this zone                                     │
    └──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┘
    ┌ Records ──────────────────────────────────────────────────────────────────────────────────────────────────────────────── 2 of 4 ─┐
    │  Name                             TTL  Type       Data                                    Note                                   │
    │  @                                 1h  SOA        ns1 hostmaster 2026112101 3600 900 12…  The zone's own record: serial number a…│
    │▌+mail                              1h  A          192.0.2.25                              The IPv4 address of a host. Several at…│
    │  ns1                               1h  A          192.0.2.53                              The IPv4 address of a host. Several at…│
    │ -www                               1h  A          192.0.2.10                              deleted; - brings it back              │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    └──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┘
     add mail A: done; u undoes it
     + add  - delete  Enter edit  u undo  L load  / filter  w save  R reload  f fix  t text  Tab pane  c changes  ? help  q quit
    ");
}

#[test]
fn the_review_and_the_saving_of_a_file() {
    let mut test = files::file(files::FILE);
    files::edit(&mut test);
    insta::assert_snapshot!(test.keys("w w").screen(132, 43), @"
     example.com · /etc/bind/office.zone · serial 2026112101 · 2 changes
    ┌ Changes ──────────────────────────────────────────────────────────────────────────────────────────────────────────────── 1 of 2 ─┐
    │▌[x] mail A                                                                                                                       │
    │     + 1h      192.0.2.25                                                                                                         │
    │ [x] www A                                                                                                                        │
    │     - 1h      192.0.2.10                                                                                                         │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                              ┌ Save ─────────────────────────────────────────────────────────────┐                               │
    │                              │ File    /etc/bind/office.zone                                     │                               │
    │                              │ Serial  2026112101 -> 2026112201                                  │                               │
    │                              │ Change  2 record sets: 1 record deleted, 1 added                  │                               │
    │                              │ Text    2 lines taken away, 2 put in; all others stay as they are │                               │
    │                              │ Then    rndc reload example.com                                   │                               │
    │                              │                                                                   │                               │
    │                              │  (y) Save  ▌(n) Cancel                                            │                               │
    │                              └───────────────────────────────────────────────────────────────────┘                               │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    │                                                                                                                                  │
    └──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┘

     Enter press  Esc cancel
    ");
}

#[test]
fn a_file_with_errors() {
    let mut test = files::start();
    broken::open(&mut test, &broken::wrong());
    insta::assert_snapshot!(test.screen(132, 43), @"
     example.com · /etc/bind/office.zone · has errors
     ; the office
     $ORIGIN example.com.
     $TTL 1h
     @       SOA ns1 hostmaster (
                 2026112101 ; serial
                 1h 15m 2w 5m )
             NS  ns1
    !        NX  ns.example.net.
     ns1     A   192.0.2.53
    !www     A   192.0.2.310 ; the shop





























     8:9       2 errors
     2 errors in this file. When they are mended, F3 opens the table; until then nothing is saved.
     F3 table  Ctrl-S review  Alt-N next error  Alt-L errors  Alt-F fix  Ctrl-W find  Alt-U undo  Ctrl-K cut  Alt-X park  F1 help
    ");
}

#[test]
fn the_text_with_errors_and_their_list() {
    let mut test = Test::new();
    test.keys("t")
        .find("192.0.2.25")
        .keys("End")
        .write("6")
        .keys("Ctrl-End")
        .write("www A (1")
        .keys("Alt-P Alt-L");
    insta::assert_snapshot!(test.screen(132, 43), @r#"
     example.com · ns1.example.com · serial 2026112101                                                                             demo
     $ORIGIN example.com.
     $TTL 1h

     @           SOA   ns1 hostmaster (
                         2026112101   ; serial
                         1h           ; refresh
                         15m          ; retry
                         2w           ; expire
                         5m )         ; minimum
                 NS    ns1
                 NS    ns2.example.net.
                 A     192.0.2.1
                 MX    10 mail
              5m TXT   "v=spf1 mx include:_spf.example.net include:_spf.mailer.example.org ip4:192.0.2.0/24 -all"
     *.dev       A     192.0.2.200
     ftp         CNAME www
    !mail        A     192.0.2.256
     ns1         A     192.0.2.53
                 AAAA  2001:db8::53
     old      1d A     192.0.2.99
     shop     5m CNAME www
     sub         NS    ns.sub
     ns.sub      A     192.0.2.77
     www         A     192.0.2.10
                 A     192.0.2.11
    !www A (1








    ┌ Errors and warnings ─────────────────────────────────────────────────────────────────────────────────────────────────────────────┐
    │ ! 17:19    A: the address is an IPv4 address: four numbers from 0 to 255 with dots between, such as 192.0.2.1.                   │
    │▌! 26:7     The parenthesis that opens here is never closed.                                                                      │
    └──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┘

     26:7      2 errors                                                                                                         changed
     26:7 (2 of 2) The parenthesis that opens here is never closed.
     Enter go to  Esc close
    "#);
}
