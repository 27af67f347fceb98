//! Signatures: nothing is accepted that nobody signed, everything that was signed is accepted, and nothing of which
//! an octet, the order or the number of messages was changed on the way.
//!
//! The first octets choose ([`Choice`]); what follows are a request and its answers, each after its length. The target
//! signs them as client and as server, and then changes what was sent.
#![no_main]

use libfuzzer_sys::fuzz_target;
use zonewright::wire::key::{Algorithm, Key, Secret};
use zonewright::wire::reader::Reader;
use zonewright::wire::tsig::{
    FUDGE, Incoming, MAX_UNSIGNED, Signer, TsigError, Verifier, check_request, sign_request,
};
use zonewright::zone::RecordType;
use zonewright::zone::update::Rcode;
use zonewright_fuzz::{name, split};

const NOW: u64 = 1_700_000_000;

struct Choice {
    algorithm: Algorithm,
    /// The server's clock.
    server_now: u64,
    server: Server,
    /// Which answers are left without a signature of their own.
    unsigned: u8,
    /// How often each unsigned answer is sent, less one; up to 128 times.
    repeats: u8,
    /// What happens on the way.
    change: Change,
}

/// The key that the server knows.
enum Server {
    Same,
    OtherSecret,
    OtherName,
    OtherAlgorithm,
}

#[derive(Debug, Clone, Copy)]
enum Change {
    /// An octet of the message is combined with another that is not zero.
    Octet {
        message: usize,
        at: usize,
        with: u8,
    },
    Insert {
        message: usize,
        at: usize,
        octet: u8,
    },
    Cut {
        message: usize,
        at: usize,
    },
    Drop {
        message: usize,
    },
    Repeat {
        message: usize,
    },
    Swap {
        message: usize,
    },
}

impl Choice {
    fn new([first, clock, unsigned, repeats, kind, message, high, low, octet]: [u8; 9]) -> Choice {
        let message = usize::from(message);
        let at = usize::from(u16::from_be_bytes([high, low]));
        let change = match kind % 8 {
            0 => Change::Insert { message, at, octet },
            1 => Change::Cut { message, at },
            2 => Change::Drop { message },
            3 => Change::Repeat { message },
            4 => Change::Swap { message },
            _ => Change::Octet { message, at, with: octet.max(1) },
        };
        let server = match first / 6 % 8 {
            0 => Server::OtherSecret,
            1 => Server::OtherName,
            2 => Server::OtherAlgorithm,
            _ => Server::Same,
        };
        let algorithm = Algorithm::ALL[usize::from(first % 6)];
        // Up to four times what two clocks may be apart, either way.
        let server_now = NOW - 1280 + u64::from(clock) * 10;
        Choice { algorithm, server_now, server, unsigned, repeats, change }
    }
}

impl Change {
    /// Changes one of the messages. False where they are as they were.
    fn make(self, messages: &mut Vec<Vec<u8>>) -> bool {
        let before = messages.clone();
        let count = messages.len();
        match self {
            Change::Octet { message, at, with } => {
                let message = &mut messages[message % count];
                let at = at % message.len();
                message[at] ^= with;
            }
            Change::Insert { message, at, octet } => {
                let message = &mut messages[message % count];
                message.insert(at % (message.len() + 1), octet);
            }
            Change::Cut { message, at } => {
                let message = &mut messages[message % count];
                message.truncate(at % message.len());
            }
            Change::Drop { message } => drop(messages.remove(message % count)),
            Change::Repeat { message } => messages.insert(message % count, messages[message % count].clone()),
            Change::Swap { message } => messages.swap(message % count, (message + 1) % count),
        }
        *messages != before
    }
}

fn key(algorithm: Algorithm) -> Key {
    Key { name: name(b"Key.Example."), algorithm, secret: Secret::new(b"0123456789abcdef".to_vec()) }
}

/// Can the message be read, so that it is clear where a signature stands? It has none yet.
fn can_be_signed(message: &[u8]) -> bool {
    let Ok(mut reader) = Reader::new(message) else { return false };
    while let Ok(record) = reader.skip_record() {
        match record {
            Some((_, _, rtype)) if rtype == RecordType::TSIG => return false,
            Some(_) => {}
            None => return reader.header().counts[3] < u16::MAX,
        }
    }
    false
}

/// A signed message but for what may differ: the id, which forwarders change, and the case of the two names in the
/// signature, which begins at `start`.
fn normal(signed: &[u8], start: usize, algorithm: Algorithm) -> Vec<u8> {
    let mut normal = signed.to_vec();
    normal[..2].fill(0);
    let key_name = start + key(algorithm).name.wire().len();
    normal[start..key_name].make_ascii_lowercase();
    // Between the names: type, class, TTL, length.
    normal[key_name + 10..][..algorithm.wire_name().len()].make_ascii_lowercase();
    normal
}

/// Is the difference between two signed messages none that counts?
fn are_same(a: &[u8], b: &[u8], start: usize, algorithm: Algorithm) -> bool {
    a.len() == b.len() && normal(a, start, algorithm) == normal(b, start, algorithm)
}

fn accepted(message: &[u8], keys: &[Key], now: u64) -> Option<Signer> {
    match check_request(message, keys, now) {
        Ok(Incoming::Signed(signer)) => Some(signer),
        _ => None,
    }
}

/// Nothing that the fuzzer can write is signed.
fn check_unsigned(octets: &[u8]) {
    let key = key(Algorithm::HmacSha1);
    let mut request = vec![0; 12];
    let mut verifier = sign_request(&key, &mut request, NOW).unwrap();
    assert!(verifier.verify(octets, NOW).is_err());
    assert!(accepted(octets, &[key], NOW).is_none());
}

/// Sends a request; what comes back is both ends of the exchange, where the server accepted it.
fn check_request_on_its_way(choice: &Choice, message: &[u8]) -> Option<(Verifier, Signer)> {
    let client = key(choice.algorithm);
    let mut server = client.clone();
    match choice.server {
        Server::Same => {}
        Server::OtherSecret => server.secret = Secret::new(b"0123456789abcdeF".to_vec()),
        Server::OtherName => server.name = name(b"key.example.com."),
        Server::OtherAlgorithm => {
            let other = if client.algorithm == Algorithm::HmacMd5 { 1 } else { 0 };
            server.algorithm = Algorithm::ALL[other];
        }
    }
    let mut request = message.to_vec();
    let mut verifier = sign_request(&client, &mut request, NOW).ok()?;
    let late = NOW.abs_diff(choice.server_now) > u64::from(FUDGE);
    let expected = match choice.server {
        Server::Same if late => Some((Rcode::BADTIME, true, Some(choice.server_now))),
        Server::Same => None,
        Server::OtherSecret => Some((Rcode::BADSIG, false, None)),
        Server::OtherName | Server::OtherAlgorithm => Some((Rcode::BADKEY, false, None)),
    };
    match (check_request(&request, std::slice::from_ref(&server), choice.server_now), expected) {
        (Ok(Incoming::Signed(signer)), None) => {
            let mut changed = vec![request.clone()];
            if choice.change.make(&mut changed) {
                for other in &changed {
                    let passed = accepted(other, std::slice::from_ref(&server), choice.server_now).is_some();
                    let same = are_same(other, &request, message.len(), choice.algorithm);
                    assert_eq!(passed, same, "{:?}", choice.change);
                }
            }
            Some((verifier, signer))
        }
        (Ok(Incoming::Rejected(rejection)), Some((error, signed, server_time))) => {
            assert_eq!(rejection.error(), error);
            let mut answer = message.to_vec();
            rejection.attach(&mut answer, choice.server_now).ok()?;
            let expected = TsigError::Peer { error, signed, server_time };
            assert_eq!(verifier.verify(&answer, choice.server_now), Err(expected));
            None
        }
        (result, expected) => {
            let verdict = match result {
                Ok(Incoming::Signed(_)) => "signed".to_owned(),
                Ok(Incoming::Unsigned) => "unsigned".to_owned(),
                Ok(Incoming::Rejected(rejection)) => rejection.error().to_string(),
                Err(error) => error.to_string(),
            };
            panic!("{verdict} where {expected:?}");
        }
    }
}

/// Is the stream believed, to its end?
fn is_believed(mut verifier: Verifier, stream: &[Vec<u8>]) -> Result<(), TsigError> {
    for message in stream {
        verifier.verify(message, NOW)?;
    }
    verifier.finish()
}

fn check_answers(choice: &Choice, request: &[u8], answers: &[Vec<u8>]) {
    // Verifiers cannot be copied: the same exchange once for the stream as it was sent, once for the changed one.
    let exchange = || {
        let client = key(choice.algorithm);
        let mut request = request.to_vec();
        let verifier = sign_request(&client, &mut request, NOW).unwrap();
        (verifier, accepted(&request, &[client], NOW).expect("the request is right"))
    };
    let (verifier, mut signer) = exchange();
    let mut stream = Vec::new();
    // Where each message of the stream would have its signature; none where it has no signature.
    let mut signatures = Vec::new();
    let (mut in_a_row, mut too_many) = (0, false);
    for (index, answer) in answers.iter().enumerate().take(8) {
        if choice.unsigned >> index & 1 != 0 {
            for _ in 0..=choice.repeats % 128 {
                signer.leave_unsigned(answer);
                stream.push(answer.clone());
                signatures.push(None);
                in_a_row += 1;
                too_many |= in_a_row > MAX_UNSIGNED;
            }
        } else {
            let mut signed = answer.clone();
            if signer.sign(&mut signed, NOW + u64::from(FUDGE)).is_err() {
                return;
            }
            assert!(signed.len() <= answer.len() + signer.room());
            stream.push(signed);
            signatures.push(Some(answer.len()));
            in_a_row = 0;
        }
    }
    let expected = match (signatures.first(), signatures.last()) {
        (Some(Some(_)), _) if too_many => Err(TsigError::TooManyUnsigned),
        (Some(Some(_)), Some(Some(_))) => Ok(()),
        (Some(Some(_)), _) => Err(TsigError::LastUnsigned),
        (Some(None), _) => {
            Err(TsigError::Unsigned { rcode: Reader::new(&stream[0]).unwrap().header().rcode() })
        }
        (None, _) => Ok(()),
    };
    assert_eq!(is_believed(verifier, &stream), expected);
    let mut changed = stream.clone();
    if stream.is_empty() || expected.is_err() || !choice.change.make(&mut changed) {
        return;
    }
    let count = stream.len();
    let harmless = match choice.change {
        // Where a stream ends is not for signatures to say.
        Change::Drop { message } => {
            message % count == count - 1 && signatures.iter().rev().nth(1).is_none_or(Option::is_some)
        }
        Change::Octet { message, .. } => {
            let (before, after) = (&stream[message % count], &changed[message % count]);
            signatures[message % count].is_some_and(|start| are_same(before, after, start, choice.algorithm))
        }
        _ => false,
    };
    let (verifier, _) = exchange();
    assert_eq!(is_believed(verifier, &changed).is_ok(), harmless, "{:?}", choice.change);
}

fuzz_target!(|octets: &[u8]| {
    check_unsigned(octets);
    let Some((choice, messages)) = octets.split_first_chunk::<9>() else { return };
    let choice = Choice::new(*choice);
    let messages = split(messages);
    let Some((request, answers)) = messages.split_first() else { return };
    check_unsigned(request);
    if !messages.iter().all(|message| can_be_signed(message)) {
        return;
    }
    if check_request_on_its_way(&choice, request).is_some() {
        check_answers(&choice, request, answers);
    }
});
