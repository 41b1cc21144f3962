//! Where settings come from, and what is refused.

use std::fs;

use super::*;
use crate::exit_code::ExitCode;

/// A configuration file in a temporary folder.
fn places(text: &str) -> (tempfile::TempDir, Places) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config.toml");
    fs::write(&file, text).unwrap();
    let globals = Globals {
        config: Some(file),
        data_dir: Some(folder.path().join("data")),
        ..Globals::default()
    };
    let places = Places::find(&globals, &Environment::default()).unwrap();
    (folder, places)
}

#[test]
fn flags_beat_environment_beats_file_beats_default() {
    let (_folder, places) = places("node_url = \"https://file\"\n");
    let environment = Environment::from([("RUSTCHAIN_NODE_URL", "https://env")]);
    let flags = Globals { node: Some("https://flag".to_owned()), ..Globals::default() };
    let load = |globals: &Globals, environment: &Environment| {
        let config = Config::load(globals, environment, &places).unwrap();
        let setting = config.get(&NODE_URL).unwrap().clone();
        (setting.value, setting.source)
    };
    let nothing = (Globals::default(), Environment::default());
    assert_eq!(load(&flags, &environment), ("https://flag".to_owned(), Source::Flag("--node")));
    assert_eq!(
        load(&nothing.0, &environment),
        ("https://env".to_owned(), Source::Environment("RUSTCHAIN_NODE_URL"))
    );
    assert_eq!(
        load(&nothing.0, &nothing.1),
        ("https://file".to_owned(), Source::File(places.config_file.clone(), 1))
    );
    let config = Config::load(&nothing.0, &nothing.1, &places).unwrap();
    assert_eq!(config.get(&CHAIN_ID).unwrap().source, Source::Default);
    assert_eq!(config.value(&CHAIN_ID), "rustchain-mainnet-v2");
    assert_eq!(config.get(&WALLET), None);
    assert_eq!(config.wallet_dir(), places.data_dir.join("wallets"));
}

#[test]
fn a_named_file_has_to_exist() {
    let (folder, mut places) = places("");
    places.config_file = folder.path().join("missing.toml");
    let load = |places: &Places| Config::load(&Globals::default(), &Environment::default(), places);
    assert_eq!(load(&places).unwrap_err().exit, ExitCode::Config);
    places.config_is_named = false;
    assert!(load(&places).is_ok());
}

#[test]
fn nonsense_is_refused_wherever_it_comes_from() {
    let (_folder, places) = places("wallet = \"../x\"\n");
    let nothing = (Globals::default(), Environment::default());
    let failure = Config::load(&nothing.0, &nothing.1, &places).unwrap_err();
    assert_eq!(failure.exit, ExitCode::Config);
    assert!(failure.message.contains("config.toml:1"), "{}", failure.message);
    assert!(validate(&places.config_file).is_err());
    let flags = Globals { chain_id: Some("no spaces".to_owned()), ..Globals::default() };
    let failure = Config::load(&flags, &nothing.1, &places).unwrap_err();
    assert_eq!(failure.exit, ExitCode::Usage);
}

#[test]
fn the_example_is_valid_with_and_without_its_comment_signs() {
    let all = example().replace("\n#node", "\nnode").replace("\n#chain", "\nchain");
    let all = all.replace("\n#wallet", "\nwallet");
    for (text, count) in [(example(), 0), (all, KEYS.len())] {
        let (_folder, places) = places(&text);
        assert_eq!(validate(&places.config_file).unwrap(), count, "{text}");
    }
}
