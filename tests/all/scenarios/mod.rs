mod list;

#[test]
fn every_state_is_a_zone() {
    for scenario in list::all() {
        for state in &scenario.states {
            crate::lab::compiled(&scenario.zone(), state);
        }
    }
}
#[test]
fn servers_load() {
    use crate::lab::*;
    let all = list::all();
    eprintln!("{}", all.len());
    let zones: Vec<_> = all.iter().map(|s| Zone::new(s.zone(), s.states[0].clone())).collect();
    for make in Make::PRIMARIES {
        let t = std::time::Instant::now();
        let lab = Lab::start(make, &zones, &Key::default()).unwrap();
        eprintln!("{make} {:?}", t.elapsed());
        for (s, z) in all.iter().zip(&zones) {
            assert_eq!(dig_axfr(&lab, &z.name), compiled(&z.name, &z.text), "{make} {}", s.name);
        }
        eprintln!("{make} {:?}", t.elapsed());
    }
}
