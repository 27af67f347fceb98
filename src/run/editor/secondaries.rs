//! What the editor does with secondary DNS services: every call has a thread of its own, and what it tells goes to the
//! loop in batches.

use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::thread;
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::super::clock;
use super::super::configured::Configured;
use crate::app::secondaries::{Call, Heard, Told};
use crate::app::{Msg, RequestId};
use crate::facts::registration::{Problem, ProblemKind, Registration};

/// Rows are shown together that come within this time.
const TOGETHER: Duration = Duration::from_millis(50);
/// Most rows in a message: a frame is painted in between.
const MOST: usize = 1000;

/// What a call tells on its way.
enum News {
    Row(Registration),
    Said(Heard),
}

/// Has a call done, and tells what comes of it. Ends early, and has the call end, when it is aborted.
pub async fn call(configured: Arc<Configured>, request: RequestId, call: Call, sender: Sender<Msg>) {
    let (news, told) = unbounded_channel();
    let backend = match &call {
        Call::List { backend } => backend.clone(),
    };
    let act = move || match call {
        Call::List { backend } => {
            let result = configured.service(&backend).and_then(|service| {
                service.list(&mut |registration| news.send(News::Row(registration)).is_ok())
            });
            tell(&news, Heard::Listed { backend, result });
        }
    };
    if thread::Builder::new().name("secondary".into()).spawn(act).is_err() {
        let why = "This machine has no thread for it.".into();
        let what = format!("{backend} could not be asked.");
        let problem = Problem { kind: ProblemKind::Local, what, why, next: "Try again.".into() };
        let heard = Heard::Listed { backend, result: Err(problem) };
        let _ = sender.send(Msg::Secondary { request, heard });
        return;
    }
    pass_on(told, &backend, |heard| {
        // Nobody listens any more where the zone was left.
        let _ = sender.send(Msg::Secondary { request, heard });
    })
    .await;
}

fn tell(news: &UnboundedSender<News>, heard: Heard) {
    // Nobody wants to know any more.
    let _ = news.send(News::Said(heard));
}

/// Passes on what is told: rows together, each latest version of a row once.
async fn pass_on(mut told: UnboundedReceiver<News>, backend: &str, send: impl Fn(Heard)) {
    while let Some(first) = told.recv().await {
        let mut rows = Vec::new();
        let mut said = None;
        let mut take = |news| match news {
            News::Row(registration) => {
                let date = registration.created.and_then(clock::local_day);
                rows.push(Told { registration, date });
                rows.len() < MOST
            }
            News::Said(heard) => {
                said = Some(heard);
                false
            }
        };
        if take(first) {
            let end = tokio::time::sleep(TOGETHER);
            tokio::pin!(end);
            loop {
                tokio::select! {
                    () = &mut end => break,
                    news = told.recv() => {
                        let Some(news) = news else { break };
                        if !take(news) {
                            break;
                        }
                    }
                }
            }
        }
        if !rows.is_empty() {
            send(Heard::Rows { backend: backend.to_owned(), rows });
        }
        said.into_iter().for_each(&send);
    }
}
