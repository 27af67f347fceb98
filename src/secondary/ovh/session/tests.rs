use super::*;

/// Made by the official Python client with its transport replaced, and checked with two other programs.
const VECTORS: &str = include_str!("signatures.json");

#[test]
fn signatures_of_the_official_client() {
    let vectors: serde_json::Value = serde_json::from_str(VECTORS).unwrap();
    let text = |value: &serde_json::Value, key: &str| value[key].as_str().unwrap().to_owned();
    let secret = Secret::new(text(&vectors, "application_secret").into_bytes());
    let consumer = text(&vectors, "consumer_key");
    let list = vectors["vectors"].as_array().unwrap();
    assert_eq!(list.len(), 6);
    for vector in list {
        let verb = [Verb::Get, Verb::Post, Verb::Put, Verb::Delete]
            .into_iter()
            .find(|verb| verb.name() == text(vector, "method"))
            .unwrap();
        let headers = &vector["headers"];
        let time = text(headers, "X-Ovh-Timestamp");
        let made = signature(&secret, &consumer, verb, &text(vector, "url"), &text(vector, "body"), &time);
        assert_eq!(made, text(headers, "X-Ovh-Signature"), "{}", text(vector, "name"));
    }
}

/// What the test suites of the official clients (Python, Go and PHP) publish, credentials and all.
#[test]
fn signatures_of_the_official_test_suites() {
    let secret = Secret::new(b"9ufkBmLaTQ9nz5yMUlg79taH0GNnzDjk".to_vec());
    let consumer = "5mBuy6SUQcRw2ZUxg0cG68BoDKpED4KY";
    let body = "{\"a\":\"b\",\"c\":\"d\"}";
    for (verb, body, wanted) in [
        (Verb::Get, "", "$1$e9556054b6309771395efa467c22e627407461ad"),
        (Verb::Post, body, "$1$ec2fb5c7a81f64723c77d2e5b609ae6f58a84fc1"),
        (Verb::Put, body, "$1$8a75a9e7c8e7296c9dbeda6a2a735eb6bd58ec4b"),
        (Verb::Delete, "", "$1$a1eecd00b3b02b6cf5708b84b9ff42059a950d85"),
    ] {
        let made = signature(&secret, consumer, verb, "https://eu.api.ovh.com/1.0/auth", body, "1457018875");
        assert_eq!(made, wanted, "{verb:?}");
    }
}
