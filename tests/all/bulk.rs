//! Many records at once, as a person does it: the binary on a terminal, with the demo's nameservers.

use crate::pty::Terminal;

#[test]
fn a_zone_is_renumbered_and_its_ttls_lowered() {
    let home = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::start(home.path(), 80, 24, &["demo"]);
    terminal.wait_until("the zone", |screen| screen.contains("Records") && screen.contains("in sync"));

    terminal.press("%192.0.2.0/24 198.51.100.0/24");
    terminal.wait_for("in the whole zone; ");
    terminal.press("\r");
    let proposal = terminal.wait_for("Replace 192.0.2.0/24 -> 198.51.100.0/24");
    assert!(proposal.contains("198.51.100."), "{proposal}");
    terminal.press("\r");
    terminal.wait_for("record sets changed; u undoes it");
    terminal.press("/net:192.0.2.0/24\r");
    let nothing = terminal.wait_for("/net:192.0.2.0/24 ");
    assert!(!nothing.contains(" 192.0.2."), "{nothing}");
    // Back to all rows, all of them marked, five minutes for each; what is pasted comes with a preview.
    terminal.press("\x1b");
    terminal.wait_until("all rows", |screen| !screen.contains("/net:"));
    terminal.press("\x01");
    terminal.wait_for("records marked");
    terminal.press("T5m\r");
    terminal.wait_for("5m now: ");
    terminal.press("\x1b[200~pasted 300 A 192.0.2.7\nwhat is this\n\x1b[201~");
    terminal.wait_for("Left out: line 2, what is this");
    terminal.press("\r");
    terminal.wait_for("1 record set changed");
    terminal.press("uuu");
    terminal.wait_for("undone: Replace 192.0.2.0/24");
    terminal.press("q");
    assert_eq!(terminal.exit_within(std::time::Duration::from_secs(5)), Some(0));
}
