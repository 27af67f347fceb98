use proptest::prelude::*;

use super::*;
use crate::wire::answer::Asked;
use crate::wire::key::{Algorithm, Secret};
use crate::wire::reader::{Problem, WireError};
use crate::wire::{Opcode, flags};
use crate::zone::update::Rcode;
use crate::zone::{Name, RecordType};

const NOW: u64 = 1_700_000_000;

/// Computed with Python's hmac and struct modules from RFC 8945 section 4.3, for the messages of [`asked`] and
/// [`answer`], key name key.example, the secret below and a fudge of 300: the MAC of the request at NOW, of the
/// answer at NOW + 1, and, after one unsigned copy of that answer, of another copy at NOW + 2.
const VECTORS: [(Algorithm, &str, &str, &str); 6] = [
    (
        Algorithm::HmacMd5,
        "65deda32360c57296de6712e5ed8fd5c",
        "6479a95536c3e0324979b7317eaad7b0",
        "42bf5d5d943e3d7ae02f592c29c189d7",
    ),
    (
        Algorithm::HmacSha1,
        "e40e9877fd73d793a25cee16680bc5dc1b7c5e83",
        "b348246e40bfa060eb6863cdec8b117cbbe29b04",
        "9735707c786ef1d949fd7e6688cc0703da2023ba",
    ),
    (
        Algorithm::HmacSha224,
        "28a83f39dfca7f8f67903fabfdf6663bd5515832c8b0710894086d1f",
        "e53bcc60111e4173aac15c41acc5c8bfe2a74bcfca54fde23bc8fed8",
        "86e40ac0fbc31dacefa45bdd36cc57d76ddc15a803ba726d49213846",
    ),
    (
        Algorithm::HmacSha256,
        "80534a5aac54e1c1498177f4dac283d068f86bb69ef2ae024d501d7a8f205e4d",
        "c1dcccc9b50dd701b75f1c52c0fe17693b37e68e4a2e2bf4d41106f608587d7b",
        "69e3591c130e04e0cad5f178311c38eb86d26444a2ee784bba4f558d74572bfb",
    ),
    (
        Algorithm::HmacSha384,
        "b2fcf9c338a1253ee4fbc124aec798b9edad77784df22417\
         659f02e77dabac958fd3f178d5fde3007bda86ea03a9965d",
        "9ca07e447e84c0487a465841993532505175fe08523f01b9\
         70ccced3d86a760365e8819c4afd6ba985c704ac0cba48a0",
        "cc06f95ef49205977a1dc16d5d0ee2f10e783742911725b5\
         d89e34a0c385b668098e49ba84be6f760ca35c2d5b576ce4",
    ),
    (
        Algorithm::HmacSha512,
        "03d71144e76ce2a5994d0b73f6a9932ed62a5a78e40404e8e55f1e2133b1bc66\
         6fb6ae6d89df5b37aa3dadd2eea90cd953c3078beb920a5228c51f901822ffcb",
        "ec6f9409827faab418248a5052e9026a4f2e3fce1ab3cf0ead225ef0b321b7e7\
         135d1aacae07629592579de710c5c02d6903f7abbbb57c97cdf4b20e4cb63b6f",
        "bd71405bbefffcdd5a29b4d06def69057ccb464a2aa9b36dfe89252fbda44ab2\
         cdcc67d0b06f4dacf6a32d85ba7287274c739ee28aae3199f3af41f6de157145",
    ),
];

fn key(algorithm: Algorithm) -> Key {
    let name = Name::parse(b"Key.Example.", None).unwrap();
    Key { name, algorithm, secret: Secret::new(b"0123456789abcdef0123456789abcdef".to_vec()) }
}

fn asked() -> Asked {
    Asked {
        id: 0x1234,
        opcode: Opcode::QUERY,
        name: Name::parse(b"example.com.", None).unwrap(),
        rtype: RecordType::SOA,
    }
}

/// The question turned into an answer without records.
fn answer(rcode: Rcode) -> Vec<u8> {
    let mut message = asked().to_message();
    message[2] = ((flags::QR | flags::AA) >> 8) as u8;
    message[3] = rcode.0 as u8;
    message
}

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

fn mac_of(message: &[u8]) -> String {
    hex(&record::Record::find(message).unwrap().unwrap().mac)
}

/// Both ends of an exchange that was signed in time.
fn exchange(key: &Key) -> (Verifier, Signer) {
    let mut request = asked().to_message();
    let verifier = sign_request(key, &mut request, NOW).unwrap();
    match check_request(&request, std::slice::from_ref(key), NOW) {
        Ok(Incoming::Signed(signer)) => (verifier, signer),
        _ => panic!("the request is not accepted"),
    }
}

#[test]
fn known_macs_of_every_algorithm() {
    for (algorithm, request_mac, answer_mac, later_mac) in VECTORS {
        let key = key(algorithm);
        let mut request = asked().to_message();
        let mut verifier = sign_request(&key, &mut request, NOW).unwrap();
        assert_eq!(mac_of(&request), request_mac, "{algorithm}");
        let Ok(Incoming::Signed(mut signer)) = check_request(&request, std::slice::from_ref(&key), NOW)
        else {
            panic!("{algorithm}: the request is not accepted");
        };
        let room = signer.room();
        let mut first = answer(Rcode::NOERROR);
        signer.sign(&mut first, NOW + 1).unwrap();
        assert!(first.len() <= answer(Rcode::NOERROR).len() + room);
        assert_eq!(mac_of(&first), answer_mac, "{algorithm}");
        assert_eq!(verifier.verify(&first, NOW), Ok(true));
        let between = answer(Rcode::NOERROR);
        signer.leave_unsigned(&between);
        assert_eq!(verifier.verify(&between, NOW), Ok(false));
        assert_eq!(verifier.finish(), Err(TsigError::LastUnsigned));
        let mut last = answer(Rcode::NOERROR);
        signer.sign(&mut last, NOW + 2).unwrap();
        assert_eq!(mac_of(&last), later_mac, "{algorithm}");
        assert_eq!(verifier.verify(&last, NOW), Ok(true));
        assert_eq!(verifier.finish(), Ok(()));
    }
}

#[test]
fn an_unsigned_answer_is_refused_with_its_code() {
    let (mut verifier, _) = exchange(&key(Algorithm::HmacSha256));
    let verdict = verifier.verify(&answer(Rcode::REFUSED), NOW);
    assert_eq!(verdict, Err(TsigError::Unsigned { rcode: Rcode::REFUSED }));
}

#[test]
fn ninety_nine_unsigned_messages_and_no_more() {
    for (unsigned, accepted) in [(99, true), (100, false)] {
        let (mut verifier, mut signer) = exchange(&key(Algorithm::HmacSha1));
        let mut first = answer(Rcode::NOERROR);
        signer.sign(&mut first, NOW).unwrap();
        verifier.verify(&first, NOW).unwrap();
        let verdicts: Vec<_> = (0..unsigned).map(|_| verifier.verify(&answer(Rcode::NOERROR), NOW)).collect();
        assert_eq!(verdicts.iter().all(Result::is_ok), accepted);
        let expected = if accepted { Ok(false) } else { Err(TsigError::TooManyUnsigned) };
        assert_eq!(verdicts.last(), Some(&expected));
    }
}

#[test]
fn what_a_server_says_of_a_signature() {
    let own = key(Algorithm::HmacSha256);
    let other_name = Key { name: Name::parse(b"other.", None).unwrap(), ..own.clone() };
    let other_secret = Key { secret: Secret::new(b"wrong".to_vec()), ..own.clone() };
    let other_algorithm = Key { algorithm: Algorithm::HmacSha512, ..own.clone() };
    let late = NOW + 301;
    for (server, now, error, signed, server_time) in [
        (&other_name, NOW, Rcode::BADKEY, false, None),
        (&other_algorithm, NOW, Rcode::BADKEY, false, None),
        (&other_secret, NOW, Rcode::BADSIG, false, None),
        (&own, late, Rcode::BADTIME, true, Some(late)),
    ] {
        let mut request = asked().to_message();
        let mut verifier = sign_request(&own, &mut request, NOW).unwrap();
        let Ok(Incoming::Rejected(rejection)) = check_request(&request, std::slice::from_ref(server), now)
        else {
            panic!("{error}: the request is not rejected");
        };
        assert_eq!(rejection.error(), error);
        let mut message = answer(Rcode::NOTAUTH);
        rejection.attach(&mut message, now).unwrap();
        let expected = TsigError::Peer { error, signed, server_time };
        assert_eq!(verifier.verify(&message, NOW), Err(expected));
    }
}

#[test]
fn known_mac_of_a_badtime_answer() {
    // Computed as the vectors above, with error 18 and the server's clock an hour ahead as other data.
    let own = key(Algorithm::HmacSha256);
    let mut request = asked().to_message();
    sign_request(&own, &mut request, NOW).unwrap();
    let Ok(Incoming::Rejected(rejection)) = check_request(&request, &[own], NOW + 3600) else {
        panic!("the request is not rejected");
    };
    let mut message = answer(Rcode::NOTAUTH);
    rejection.attach(&mut message, NOW + 3600).unwrap();
    assert_eq!(mac_of(&message), "7856e262f64d60cb8aabd5b314e0b450b93c2707c3469c6c491e3b4e750e8845");
}

#[test]
fn an_answer_by_another_key_or_from_another_time() {
    let own = key(Algorithm::HmacSha384);
    let (mut verifier, _) = exchange(&own);
    let (_, mut stranger) = exchange(&Key { name: Name::parse(b"other.", None).unwrap(), ..own.clone() });
    let mut message = answer(Rcode::NOERROR);
    stranger.sign(&mut message, NOW).unwrap();
    assert_eq!(verifier.verify(&message, NOW), Err(TsigError::WrongKey));

    for now in [NOW + 301, NOW - 301] {
        let (mut verifier, mut signer) = exchange(&own);
        let mut message = answer(Rcode::NOERROR);
        signer.sign(&mut message, NOW).unwrap();
        assert_eq!(verifier.verify(&message, now), Err(TsigError::WrongTime { server_time: NOW }));
    }
}

#[test]
fn cut_macs() {
    let own = key(Algorithm::HmacSha256);
    let cut = |message: &mut Vec<u8>, length: usize| {
        let found = record::Record::find(message).unwrap().unwrap();
        let record = found.variables().to_record(found.original_id, &found.mac[..length]);
        message.truncate(found.start);
        message.extend(record);
    };
    // RFC 8945 section 5.2.2.1: at least half, and a policy beyond that. Ours is: whole ones only.
    let mut request = asked().to_message();
    sign_request(&own, &mut request, NOW).unwrap();
    let mut half = request.clone();
    cut(&mut half, 16);
    match check_request(&half, std::slice::from_ref(&own), NOW) {
        Ok(Incoming::Rejected(rejection)) => assert_eq!(rejection.error(), Rcode::BADTRUNC),
        _ => panic!("a cut MAC is not rejected"),
    }
    let last = half.len() - 7;
    half[last] ^= 1;
    match check_request(&half, std::slice::from_ref(&own), NOW) {
        Ok(Incoming::Rejected(rejection)) => assert_eq!(rejection.error(), Rcode::BADSIG),
        _ => panic!("a wrong cut MAC is not rejected"),
    }
    for length in [0, 1, 15] {
        let mut message = request.clone();
        cut(&mut message, length);
        let verdict = check_request(&message, std::slice::from_ref(&own), NOW);
        assert!(matches!(verdict, Err(WireError { problem: Problem::BadTsig, .. })), "{length}");
    }
    let (mut verifier, mut signer) = exchange(&own);
    let mut message = answer(Rcode::NOERROR);
    signer.sign(&mut message, NOW).unwrap();
    cut(&mut message, 16);
    assert_eq!(verifier.verify(&message, NOW), Err(TsigError::WrongLength { octets: 16, expected: 32 }));
}

#[test]
fn the_tsig_record_must_be_last() {
    let own = key(Algorithm::HmacSha256);
    let mut message = asked().to_message();
    sign_request(&own, &mut message, NOW).unwrap();
    // An OPT record behind it.
    message[11] += 1;
    message.extend([0, 0, 41, 0, 0, 0, 0, 0, 0, 0, 0]);
    let verdict = check_request(&message, &[own], NOW);
    assert!(matches!(verdict, Err(WireError { problem: Problem::BadTsig, .. })));
}

#[test]
fn no_room_for_a_signature() {
    let mut message = asked().to_message();
    message.resize(MAX_MESSAGE - 20, 0);
    let length = message.len();
    assert_eq!(sign_request(&key(Algorithm::HmacMd5), &mut message, NOW).err(), Some(SignError::TooLarge));
    assert_eq!(message.len(), length);
}

proptest! {
    #[test]
    fn a_stream_with_a_flipped_bit_is_refused(
        signed in prop::collection::vec(any::<bool>(), 0..6),
        which in any::<prop::sample::Index>(),
        bit in any::<prop::sample::Index>(),
    ) {
        let (mut verifier, mut signer) = exchange(&key(Algorithm::HmacSha256));
        let mut stream = Vec::new();
        // The first and the last message are always signed.
        for signed in std::iter::once(true).chain(signed).chain([true]) {
            let mut message = answer(Rcode::NOERROR);
            if signed {
                signer.sign(&mut message, NOW).unwrap();
            } else {
                signer.leave_unsigned(&message);
            }
            stream.push(message);
        }
        let index = which.index(stream.len());
        let before = stream[index].clone();
        let bit = bit.index(before.len() * 8);
        stream[index][bit / 8] ^= 1 << (bit % 8);
        let refused = stream.iter().any(|message| asked().check(message, Some(&mut verifier), NOW).is_err());
        let refused = refused || verifier.finish().is_err();
        prop_assert!(refused || differs_in_case_of_tsig(&before, &stream[index]));
    }

    #[test]
    fn arbitrary_octets_never_panic(octets in any::<Vec<u8>>()) {
        let own = key(Algorithm::HmacSha256);
        let (mut verifier, _) = exchange(&own);
        prop_assert!(verifier.verify(&octets, NOW).is_err());
        prop_assert!(!matches!(check_request(&octets, &[own], NOW), Ok(Incoming::Signed(_))));
    }
}

/// The key's and the algorithm's name are signed in lower case.
fn differs_in_case_of_tsig(before: &[u8], after: &[u8]) -> bool {
    record::Record::find(before).unwrap().is_some_and(|found| {
        let (start, names) = (found.start, found.key_name.wire().len() + 10 + found.algorithm.wire().len());
        let mut folded = after.to_vec();
        folded[start..start + names].make_ascii_lowercase();
        let mut original = before.to_vec();
        original[start..start + names].make_ascii_lowercase();
        folded == original
    })
}
