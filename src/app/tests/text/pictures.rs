//! Text mode as it looks.

use super::*;

#[test]
fn the_text() {
    let mut test = Test::new();
    test.keys("t Ctrl-Home");
    insta::assert_snapshot!(test.screen(80, 24), @r#"
    example.com · ns1.example.com · serial 2026112101                         demo
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
             5m TXT   "v=spf1 mx include:_spf.example.net include:_spf.mailer.exam›
    *.dev       A     192.0.2.200
    ftp         CNAME www
    mail        A     192.0.2.25
    ns1         A     192.0.2.53
                AAAA  2001:db8::53
    old      1d A     192.0.2.99
    1:1

    F3 table  Ctrl-S review  Alt-N next error  Ctrl-W find  Alt-U undo  Ctrl-K cut
    "#);
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
    mail        A     192.0.2.25
    ns1         A     192.0.2.53
                AAAA  2001:db8::53
    old      1d A     192.0.2.99
    shop     5m CNAME www
    sub         NS    ns.sub
    ns.sub      A     192.0.2.77
    www         A     192.0.2.10
                A     192.0.2.11














    1:1

    F3 table  Ctrl-S review  Alt-N next error  Alt-L errors  Alt-F fix  Ctrl-W find  Alt-U undo  Ctrl-K cut  Alt-X park  F1 help
    "#);
}

#[test]
fn errors_and_line_numbers() {
    let mut test = Test::new();
    test.keys("t Alt-0")
        .find("192.0.2.25")
        .keys("End")
        .write("6")
        .keys("Ctrl-End")
        .write("www A (1")
        .keys("Alt-P");
    insta::assert_snapshot!(test.screen(80, 24), @r#"
     example.com · ns1.example.com · serial 2026112101                         demo
       7                     15m          ; retry
       8                     2w           ; expire
       9                     5m )         ; minimum
      10             NS    ns1
      11             NS    ns2.example.net.
      12             A     192.0.2.1
      13             MX    10 mail
      14          5m TXT   "v=spf1 mx include:_spf.example.net include:_spf.mailer.›
      15 *.dev       A     192.0.2.200
      16 ftp         CNAME www
    ! 17 mail        A     192.0.2.256
      18 ns1         A     192.0.2.53
      19             AAAA  2001:db8::53
      20 old      1d A     192.0.2.99
      21 shop     5m CNAME www
      22 sub         NS    ns.sub
      23 ns.sub      A     192.0.2.77
      24 www         A     192.0.2.10
      25             A     192.0.2.11
    ! 26 www A (1
     26:7      2 errors                                                     changed
     26:7 (2 of 2) The parenthesis that opens here is never closed.
     F3 table  Alt-N next error  Alt-L errors  Ctrl-W find  Alt-U undo  Ctrl-K cut
    "#);
    test.keys("Alt-L");
    insta::assert_snapshot!(test.screen(80, 24), @r#"
     example.com · ns1.example.com · serial 2026112101                         demo
       7                     15m          ; retry
       8                     2w           ; expire
       9                     5m )         ; minimum
      10             NS    ns1
      11             NS    ns2.example.net.
      12             A     192.0.2.1
      13             MX    10 mail
      14          5m TXT   "v=spf1 mx include:_spf.example.net include:_spf.mailer.›
      15 *.dev       A     192.0.2.200
      16 ftp         CNAME www
    ! 17 mail        A     192.0.2.256
      18 ns1         A     192.0.2.53
      19             AAAA  2001:db8::53
      20 old      1d A     192.0.2.99
      21 shop     5m CNAME www
    ┌ Errors and warnings ─────────────────────────────────────────────────────────┐
    │ ! 17:19    A: the address is an IPv4 address: four numbers from 0 to 255 wit…│
    │▌! 26:7     The parenthesis that opens here is never closed.                  │
    └──────────────────────────────────────────────────────────────────────────────┘
    ! 26 www A (1
     26:7      2 errors                                                     changed
     26:7 (2 of 2) The parenthesis that opens here is never closed.
     Enter go to  Esc close
    "#);
}

#[test]
fn long_lines_wide_characters_and_what_could_drive_the_terminal() {
    let mut test = Test::new();
    test.keys("t Ctrl-Home");
    test.send(Msg::Paste("; \u{1b}[31m \u{202e}evil\u{2066} 日本語\tx\ty\u{7}\n".into()));
    test.send(Msg::Paste(format!("; {}\n", "0123456789".repeat(12))));
    test.keys("Up Up End");
    insta::assert_snapshot!(test.screen(80, 24), @r#"
    example.com · ns1.example.com · serial 2026112101                         demo
    ; ␛[31m <U+202E>evil<U+2066> 日 本 語      x       y␇
    ; 0123456789012345678901234567890123456789012345678901234567890123456789012345›
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
             5m TXT   "v=spf1 mx include:_spf.example.net include:_spf.mailer.exam›
    *.dev       A     192.0.2.200
    ftp         CNAME www
    mail        A     192.0.2.25
    ns1         A     192.0.2.53
    1:24                                                                   changed

    F3 table  Ctrl-S review  Alt-N next error  Ctrl-W find  Alt-U undo  Ctrl-K cut
    "#);
    test.keys("Down");
    insta::assert_snapshot!(test.screen(80, 24), @r#"
    example.com · ns1.example.com · serial 2026112101                         demo
    ; ␛[31m <U+202E>evil<U+2066> 日 本 語      x       y␇
    ; 0123456789012345678901234567890123456789012345678901234567890123456789012345›
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
             5m TXT   "v=spf1 mx include:_spf.example.net include:_spf.mailer.exam›
    *.dev       A     192.0.2.200
    ftp         CNAME www
    mail        A     192.0.2.25
    ns1         A     192.0.2.53
    2:35                                                                   changed

    F3 table  Ctrl-S review  Alt-N next error  Ctrl-W find  Alt-U undo  Ctrl-K cut
    "#);
}

#[test]
fn finding() {
    let mut test = Test::new();
    test.keys("t Ctrl-W").write("www");
    insta::assert_snapshot!(test.screen(80, 24), @r#"
    example.com · ns1.example.com · serial 2026112101                         demo
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
             5m TXT   "v=spf1 mx include:_spf.example.net include:_spf.mailer.exam›
    *.dev       A     192.0.2.200
    ftp         CNAME www
    mail        A     192.0.2.25
    ns1         A     192.0.2.53
                AAAA  2001:db8::53
    old      1d A     192.0.2.99
    16:22

    find: www                                                Enter takes, Esc ends
    "#);
}

/// Where the cursor blinks, for every place of a line with everything in it.
#[test]
fn the_cursor_stands_where_the_character_is() {
    let mut test = Test::new();
    test.keys("t Ctrl-Home");
    test.send(Msg::Paste("a\t日e\u{301}\u{1b}\u{202e}x".into()));
    test.send(Msg::Resize(80, 24));
    test.keys("Home");
    let mut columns = Vec::new();
    for _ in 0..8 {
        let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
        terminal.draw(|frame| crate::ui::draw(&test.app, frame)).unwrap();
        let cursor = terminal.get_cursor_position().unwrap();
        assert_eq!(cursor.y, 1);
        columns.push(cursor.x);
        test.keys("Right");
    }
    // The gutter, a, the tab, 日, é, the sign for Esc, <U+202E>, x.
    assert_eq!(columns, [1, 2, 9, 11, 12, 13, 21, 22]);
}

#[test]
fn small_screens_and_scrolling() {
    let mut test = Test::new();
    test.keys("t");
    for (width, height) in [(0, 0), (1, 1), (40, 10), (60, 12), (300, 100)] {
        for keys in ["Ctrl-End", "Ctrl-Home", "PgDn", "Alt-0", "Alt-L", "Esc"] {
            test.keys(keys);
            test.screen(width, height);
        }
    }
}
