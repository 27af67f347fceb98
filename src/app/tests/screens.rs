use super::*;

#[test]
fn look() {
    let mut test = Test::new();
    let mut show = |test: &mut Test, keys: &str| {
        test.keys(keys);
        println!("--- {keys}\n{}", test.screen(80, 24));
    };
    show(&mut test, "Down");
    show(&mut test, "-");
    show(&mut test, "G - c");
    show(&mut test, "Esc / 'ww'");
    show(&mut test, "Esc ?");
    show(&mut test, "Esc : 'red'");
    show(&mut test, "Esc +");
    show(&mut test, "'mx' Enter");
    show(&mut test, "Esc q");
    show(&mut test, "Esc w w");
    println!("{}", test.screen(132, 43));
}
