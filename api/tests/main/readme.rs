//! What the README shows and says of the command line is what happens.

use crate::program::Folder;

const README: &str = include_str!("../../../README.md");

/// Returns the text of the first fence with this word behind its opening ticks that comes after a heading.
fn fence<'a>(heading: &str, word: &str) -> &'a str {
    let (_, section) = README.split_once(heading).unwrap();
    let (_, rest) = section.split_once(&format!("\n```{word}\n")).unwrap();
    rest.split_once("```\n").unwrap().0
}

#[test]
fn the_mistakes_are_reported_and_mended_as_it_says() {
    let heading = "\n## A file, and what is wrong with it\n";
    let folder = Folder::with(&[("release.skynet", fence(heading, "skynet"))]);
    let shown = folder.run("check release.skynet").to_string();
    assert_eq!(shown, format!("{}[exit 2]", fence(heading, "text")));
    let mended = folder.run("check --fix release.skynet");
    assert_eq!(mended.exit(), 0, "{mended}");
}

#[test]
fn every_verb_is_in_the_table() {
    let help = Folder::with(&[]).run("--help").stdout();
    let (_, commands) = help.split_once("Commands:\n").unwrap();
    for line in commands.lines().take_while(|line| !line.is_empty()) {
        // A description that is too long goes on in the next line, behind blanks.
        if let Some(verb) = line.strip_prefix("  ").filter(|line| !line.starts_with(' ')) {
            let verb = verb.split(' ').next().unwrap();
            assert!(README.contains(&format!("| `skynet {verb}")), "the README does not name `{verb}`");
        }
    }
}
