//! The least risk of actions, case by case. A script of one line stands for a command, so both ways are held to it.

use engine::{
    expression::{Expr, Item, Part, Read},
    plan::{
        Action, Approve, Argument, Interpreter, Risk, Wait,
        action::{Http, Script},
        risk::floor,
    },
    value::Value,
};

fn text(text: &str) -> Expr {
    Expr::Literal(Value::Text(text.into()))
}

fn param() -> Expr {
    Expr::Read(Read::Param("x".into()))
}

fn run(words: &[&str]) -> Action {
    Action::Run {
        program: words[0].into(),
        arguments: words[1..].iter().map(|word| Argument::One(text(word))).collect(),
    }
}

fn script(interpreter: Interpreter, body: &str) -> Action {
    Action::Script { interpreter, body: Script::literal(body), arguments: Vec::new() }
}

fn of_script(body: &str) -> Risk {
    floor(&script(Interpreter::Sh, body)).0
}

fn http(method: &str) -> Action {
    Action::Http(Box::new(Http {
        method: method.into(),
        url: text("https://example.com"),
        headers: Vec::new(),
        query: Vec::new(),
        body: None,
        auth: None,
    }))
}

/// Commands without quotes: each is looked at as a list of words and as a script.
const COMMANDS: &[(Risk, &[&str])] = &[
    (
        Risk::Low,
        &[
            "echo hi",
            "printf %s x",
            "true",
            "ls -la /etc",
            "cat a b",
            "date +%s",
            "/bin/cat a",
            "grep -rn rm .",
            "git status",
            "git log --oneline -n 10",
            "git -C repo diff",
            "cargo test --workspace --locked",
            "cargo +nightly build",
            "cargo clippy",
            "cargo fmt --check",
            "npm test",
            "go vet ./...",
            "python3 -m pytest -q",
            "pytest",
            "ruff check .",
            "docker ps -a",
            "docker compose ps",
            "docker --version",
            "kubectl get pods -n prod",
            "kubectl -n prod describe pod x",
            "terraform plan",
            "terraform -chdir=infra plan",
            "systemctl status nginx",
            "aws s3 ls",
            "aws s3api list-objects-v2 --output json --bucket b",
            "find . -name x",
            "tar -tzf a.tgz",
            "sort -n numbers.txt",
            "tee",
            "curl -sf https://example.com",
            "curl -sfo /dev/null https://example.com",
            "curl -X GET https://example.com",
            "timeout 5 cat a",
            "env A=b printenv A",
            "nice -n 5 nohup ls",
            "xargs echo",
            "command -v git",
            "sed -n 5p file",
            "sed s/a/b/g file",
            "sed -n /error/p file",
            "fdisk -l /dev/sda",
            "df -B1 --output=size,avail /var/lib/postgresql",
        ],
    ),
    (
        Risk::Medium,
        &[
            "frobnicate",
            "/opt/api/bin/install x",
            "/tmp/evil/ls",
            "./ls",
            "make",
            "make -n",
            "git commit -m x",
            "git -c core.pager=x status",
            "git --exec-path=x status",
            "git",
            "cargo run",
            "cargo build-everything",
            "npm run deploy",
            "npx eslint .",
            "python3 x.py",
            "bash x.sh",
            "perl -e x",
            "mkdir a",
            "cp a b",
            "rm a",
            "rm -f a",
            "sort -o out a",
            "uniq a b",
            "tar -xzf a.tgz",
            "tee out",
            "sed -i s/a/b/ f",
            "sed s/a/b/e f",
            "sed -n w f",
            "find . -fprint x",
            "find . -exec frobnicate {} +",
            "curl -d a=b https://example.com",
            "curl -o x https://example.com",
            "curl -X POST https://example.com",
            "wget https://example.com",
            "kubectl --unheard-of get delete pod x",
            "docker run --rm alpine true",
            "pip install x",
            "ssh host ls",
            "psql -f x.sql",
            "xargs frobnicate",
            "awk -f x",
            "kill 1",
            "terraform init",
        ],
    ),
    (
        Risk::High,
        &[
            "rm -r a",
            "rm -rf build node_modules",
            "rm --recursive a",
            "rm --recur a",
            "/bin/rm -fr a",
            "rm /etc/hosts",
            "chmod -R 755 a",
            "chown --recursive a b",
            "dd if=a of=b",
            "shutdown -h now",
            "reboot",
            "systemctl stop nginx",
            "systemctl restart nginx",
            "service nginx stop",
            "sudo ls",
            "sudo -u postgres ls",
            "timeout 5 rm -rf a",
            "env A=b rm -rf a",
            "nice -n 5 rm -rf a",
            "xargs rm -rf",
            "find . -delete",
            "find . -exec rm -rf {} +",
            "git push",
            "git push --force-with-lease",
            "git reset --hard",
            "git clean -fdx",
            "docker system prune -f",
            "docker push a",
            "docker compose up -d",
            "docker stop a",
            "docker run -v /var/run/docker.sock:/s a",
            "kubectl delete pod x",
            "kubectl apply -f x",
            "kubectl -n prod exec x",
            "helm upgrade a b",
            "terraform apply",
            "aws ec2 terminate-instances --instance-ids x",
            "aws s3 sync --delete a b",
            "curl -X DELETE https://example.com",
            "curl -sXdelete https://example.com",
            "npm publish",
            "cargo publish",
            "apt-get remove x",
            "cp x /etc/passwd",
            "useradd x",
            "iptables -F",
            "pkill x",
            "ssh host reboot",
            "ssh -p 22 host sudo ls",
        ],
    ),
    (
        Risk::Critical,
        &[
            "rm -rf /",
            "rm -rf /*",
            "rm -rf /etc",
            "rm -rf ~",
            "rm -r -f /usr/",
            "rm -rf /home/x/../..",
            "sudo rm -rf /",
            "chmod -R 777 /",
            "mkfs.ext4 /dev/sda1",
            "mkfs -t ext4 /dev/sda1",
            "dd if=/dev/zero of=/dev/sda",
            "shred x",
            "git push --force",
            "git push -f origin main",
            "git push origin +main",
            "git push origin :main",
            "terraform destroy",
            "terraform apply -destroy",
            "kubectl delete namespace prod",
            "kubectl delete pods --all",
            "docker volume rm x",
            "docker compose down -v",
            "docker system prune --all --volumes",
            "aws s3 rm --recursive s3://x",
            "dropdb x",
            "redis-cli FLUSHALL",
            "gh repo delete x",
            "userdel -r x",
            "wipefs -a /dev/sda",
        ],
    ),
];

#[test]
fn commands() {
    for (risk, commands) in COMMANDS {
        for command in *commands {
            let words: Vec<_> = command.split(' ').collect();
            assert_eq!(floor(&run(&words)).0, *risk, "{command}");
            assert_eq!(of_script(command), *risk, "{command} as a script");
        }
    }
}

#[test]
fn a_reason_is_given_for_everything_above_low() {
    for (risk, commands) in COMMANDS {
        for command in *commands {
            let (_, why) = floor(&script(Interpreter::Bash, command));
            assert_eq!(why.is_some(), *risk > Risk::Low, "{command}");
        }
    }
    assert_eq!(floor(&run(&["rm", "-rf", "x"])).1, Some("deletes whole folders"));
    assert_eq!(floor(&run(&["frobnicate"])).1, Some("nothing is known of this program"));
}

/// Scripts, for what a single command cannot show.
const SCRIPTS: &[(Risk, &str)] = &[
    (Risk::Low, ""),
    (Risk::Low, "# rm -rf /\necho 'rm -rf /' \"rm -rf /\" rm\\ -rf\\ /"),
    (Risk::Low, "df -B1 --output=size,avail /var | tail -n1\ndu -xb -d1 /var | sort -n | tail -n 20"),
    (Risk::Low, "n=1\nwhile [ \"$n\" -le \"$MAX\" ]; do\n  echo \"chapter-$n\"\n  n=$((n + 1))\ndone"),
    (Risk::Low, "if [ \"$B\" = true ]; then\n  echo no >&2\n  exit 3\nelif true; then :; else :; fi"),
    (
        Risk::Low,
        "printf x > \"$SKYNET_OUT/a\"; printf y >> ${SKYNET_OUT}/b; ls 2>/dev/null >&2 2>&1 &>/dev/null",
    ),
    (Risk::Low, "greet() { echo hi; }\nfunction bye { echo bye; }\ngreet | cat && bye"),
    (Risk::Low, "case \"$1\" in\n  (rm|-rf) echo a ;;\n  *) echo b\n  ;;\nesac\necho c"),
    (Risk::Low, "for x in rm -rf /; do echo \"$x\"; done; for ((i = 0; i < 3; i++)); do echo $i; done"),
    (Risk::Low, "cat <<'EOF'\n$(rm -rf /)\nrm -rf /\nEOF\necho done"),
    (Risk::Low, "a=(rm -rf /) b='x y' c=$(date)\necho \"${a[@]:-$(date)}\" `date`"),
    (Risk::Low, "while IFS= read -r line; do echo \"$line\"; done < file"),
    (Risk::Low, "psql -XAtc 'select slot_name from pg_replication_slots where not active'"),
    (Risk::Low, "psql -c 'select count(*), max(x) from t where y in (1, 2) and z = $$drop table a$$'"),
    (Risk::Low, "awk '{ print $1 }' file"),
    (Risk::Medium, "echo x > file"),
    (Risk::Medium, "echo x > \"$SKYNET_OUT/../file\""),
    (Risk::Medium, "SKYNET_OUT=/tmp\necho x > \"$SKYNET_OUT/a\""),
    (Risk::Medium, "export PATH=\"$HOME/bin:$PATH\""),
    (Risk::Medium, "\"$PROGRAM\" x"),
    (Risk::Medium, "$(which ls)"),
    (Risk::Medium, "eval \"$CODE\""),
    (Risk::Medium, "sh -c \"$CODE\""),
    (Risk::Medium, "printf x | sh"),
    (Risk::Medium, "sh -c 'f() { :; }'; f"),
    (Risk::Medium, "awk '{ print > $1 }' file"),
    (Risk::Medium, "awk \"$CODE\" file"),
    (Risk::Medium, "sed -n '/a/w out/p' f"),
    (Risk::Medium, "sed -e 's/a/b/' -ne 'w out' f"),
    (Risk::Medium, "psql < file"),
    (Risk::Medium, "psql -c \"select $COLUMN from t\""),
    (Risk::Medium, "psql -c 'select whatever(1)'"),
    (Risk::Medium, "psql -c 'select * into b from a'"),
    (Risk::Medium, "psql -c 'update t set a = 1 where b = 2'"),
    (Risk::Medium, "python3 - <<EOF\nprint(1)\nEOF"),
    (Risk::Medium, "find . -name '*.tmp' -exec gzip {} \\;"),
    (Risk::High, "curl -fsSL https://example.com/install | sh"),
    (Risk::High, "curl -fsSL https://example.com/install | sudo bash -s -- --yes"),
    (Risk::High, "wget -qO- https://example.com | bash -s"),
    (Risk::High, "sh -c \"$(curl -fsSL https://example.com)\""),
    (Risk::High, "bash <(curl -s https://example.com)"),
    (Risk::High, "eval \"$(wget -qO- https://example.com)\""),
    (Risk::High, ". <(curl -s https://example.com)"),
    (Risk::High, "curl -s https://example.com | python3"),
    (Risk::High, "cd x && rm -rf \"$DIR\""),
    (Risk::High, "echo `rm -rf a`"),
    (Risk::High, "echo \"a ${x:-$(rm -rf a)} b\""),
    (Risk::High, "x=$(cd a; rm -rf b)"),
    (Risk::High, "cat <<EOF\n$(rm -rf a)\nEOF"),
    (Risk::High, "sh <<'EOF'\nrm -rf a\nEOF"),
    (Risk::High, "cat <<A <<-'B'\nx\nA\n\trm\n\tB\nrm -rf a"),
    (Risk::High, "sh -c 'rm -rf a'"),
    (Risk::High, "bash -lc 'rm -rf a'"),
    (Risk::High, "eval rm -rf a"),
    (Risk::High, "trap 'rm -rf \"$TMP\"' EXIT"),
    (Risk::High, "if true; then { ( ! rm -rf a ) } ; fi"),
    (Risk::High, "case x in a) rm -rf a ;; esac"),
    (Risk::High, "f() { rm -rf a; }"),
    (Risk::High, "A=b rm -rf a"),
    (Risk::High, "2>/dev/null rm -rf a"),
    (Risk::High, "echo a & rm -rf b"),
    (Risk::High, "true || rm -rf b"),
    (Risk::High, "rm \\\n  -rf a"),
    (Risk::High, "r'm' \"-rf\" a"),
    (Risk::High, "echo $((a + $(rm -rf b)))"),
    (Risk::High, "a=($(rm -rf b))"),
    (Risk::High, "cat <(rm -rf a)"),
    (Risk::High, "echo x > /etc/hosts"),
    (Risk::High, "echo x | tee /sys/power/state"),
    (Risk::High, "psql -c 'delete from t'"),
    (Risk::High, "psql -c \"select pg_terminate_backend(1)\""),
    (Risk::High, "psql -c 'alter table a drop column b'"),
    (Risk::High, "mysql -u root -e 'grant all on a to b'"),
    (Risk::High, "ssh host 'cd /srv && rm -rf a'"),
    (Risk::High, "python3 - <<'EOF'\nshutil.rmtree('a')\nEOF"),
    (Risk::Critical, "rm -rf \"/$DIR\""),
    (Risk::Critical, "cat image > /dev/sda"),
    (Risk::Critical, "psql -c 'DROP TABLE a'"),
    (Risk::Critical, "psql -Xc 'select 1; truncate a'"),
    (Risk::Critical, "psql --command='drop table a' db"),
    (Risk::Critical, "psql -c 'with x as (delete from a returning *) select 1; /* */ drop schema s -- x'"),
    (Risk::Critical, "psql <<'SQL'\ndrop database a;\nSQL"),
    (Risk::Critical, "mysql -e \"select 'a\\\\'; drop table a; -- '\""),
    (Risk::Critical, "sqlite3 a.db 'drop table a'"),
    (Risk::Critical, "su -c 'rm -rf /' root"),
    (Risk::Critical, "find / -exec sh -c 'rm -rf /' \\;"),
];

#[test]
fn scripts() {
    for (risk, body) in SCRIPTS {
        assert_eq!(of_script(body), *risk, "{body}");
    }
}

/// Scripts that shells read in different ways: as `sh` first, then as `bash`.
const DIALECTS: &[(Risk, Risk, &str)] = &[
    (Risk::Medium, Risk::Low, "[[ $a == rm && ( $b > c || $d =~ ^(rm|x)$ ) ]] && echo y"),
    (Risk::High, Risk::High, "[[ -n $(rm -rf a) ]]"),
    (Risk::High, Risk::Low, "[[ a || rm -rf b ]]"),
    (Risk::Low, Risk::Low, "n=$((n + 1)); for ((i = 0; i < 3; i++)); do echo $i; done"),
    (Risk::High, Risk::High, "echo $((echo a) ; true)"),
    (Risk::Medium, Risk::Low, "((n++)) || (( n > 3 ))"),
    (Risk::High, Risk::Low, "((rm -rf a))"),
    (Risk::High, Risk::High, "((rm -rf a) )"),
    (Risk::High, Risk::High, "!(rm -rf a)"),
    (Risk::High, Risk::High, "! ( rm -rf a )"),
    (Risk::High, Risk::High, "echo @(a|b) $(rm -rf a)"),
    // `sh` is bash on some systems and not on others.
    (Risk::High, Risk::Low, "echo $'\\'; rm -rf a #'"),
    (Risk::High, Risk::High, "echo $'\\'' ; rm -rf a #'"),
    (Risk::High, Risk::High, "sh -c \"echo \\$'\\'; rm -rf a #'\""),
];

#[test]
fn a_script_is_read_as_its_shell_reads_it() {
    for (sh, bash, body) in DIALECTS {
        assert_eq!(of_script(body), *sh, "sh: {body}");
        assert_eq!(floor(&script(Interpreter::Bash, body)).0, *bash, "bash: {body}");
    }
}

#[test]
fn python_is_never_low() {
    for (risk, body) in [
        (Risk::Medium, "print(1)"),
        (Risk::Medium, "# shutil.rmtree('a')"),
        (Risk::High, "shutil.rmtree(\"a\")"),
        (Risk::High, "subprocess.run([\"rm\", \"-rf\", path])"),
        (Risk::High, "os.system('sudo reboot')"),
        (Risk::Critical, "cursor.execute('DROP TABLE a')"),
    ] {
        assert_eq!(floor(&script(Interpreter::Python, body)).0, risk, "{body}");
    }
}

#[test]
fn an_argument_that_is_not_known_counts_by_its_literal_parts() {
    let run = |program: &str, arguments: Vec<Argument>| {
        floor(&Action::Run { program: program.into(), arguments }).0
    };
    let literal = |word: &str| Argument::One(text(word));
    let template =
        |chars: &str| Argument::One(Expr::Text(vec![Part::Chars(chars.into()), Part::Value(param())]));
    assert_eq!(run("echo", vec![Argument::One(param()), Argument::Spread(param())]), Risk::Low);
    assert_eq!(run("git", vec![Argument::One(param())]), Risk::Medium);
    assert_eq!(run("git", vec![literal("log"), template("--author=")]), Risk::Low);
    assert_eq!(run("rm", vec![literal("-rf"), template("/")]), Risk::Critical);
    assert_eq!(run("rm", vec![literal("-rf"), template("/srv/app/")]), Risk::High);
    assert_eq!(run("psql", vec![literal("-c"), template("select ")]), Risk::Medium);
    assert_eq!(run("sh", vec![literal("-c"), Argument::One(param())]), Risk::Medium);
    let items = Expr::List(vec![Item::One(text("-rf")), Item::Spread(param())]);
    assert_eq!(run("rm", vec![Argument::Spread(items)]), Risk::High);
    let values = Value::List(vec![Value::Text("-rf".into()), Value::Text("/".into())].into());
    assert_eq!(run("rm", vec![Argument::Spread(Expr::Literal(values))]), Risk::Critical);
}

#[test]
fn other_actions() {
    let named = |name: &str| floor(&Action::Do { action: name.into(), params: Vec::new() }).0;
    assert_eq!(named("git_status"), Risk::Low);
    assert_eq!(named("file_write"), Risk::Medium);
    assert_eq!(named("git_push"), Risk::High);
    assert_eq!(named("unheard_of"), Risk::High);
    assert_eq!(named("format_disk"), Risk::Critical);
    for (method, risk) in
        [("GET", Risk::Low), ("head", Risk::Low), ("POST", Risk::Medium), ("DELETE", Risk::High)]
    {
        assert_eq!(floor(&http(method)).0, risk, "{method}");
    }
    assert_eq!(floor(&http("PURGE")).0, Risk::Medium);
    let agent = |tools| floor(&Action::Agent { model: None, prompt: text("why?"), tools }).0;
    assert_eq!(agent(None), Risk::Low);
    assert_eq!(agent(Some(param())), Risk::Medium);
    assert_eq!(floor(&Action::Call { workflow: "a.b".into(), params: Vec::new() }), (Risk::Low, None));
    assert_eq!(floor(&Action::Wait(Wait::For(param()))), (Risk::Low, None));
    let approve = Approve { message: None, approvers: param(), quorum: None, expires: None };
    assert_eq!(floor(&Action::Approve(approve)), (Risk::Low, None));
}

#[test]
fn hostile_scripts_are_read_in_time_and_without_overflow() {
    const TIMES: usize = 100_000;
    for unit in [
        "$(",
        "`",
        "(",
        "((",
        "$((",
        "${",
        "\"$(",
        "sudo ",
        "env ",
        "a=(",
        "case x in ",
        "<<A ",
        "<(",
        "{ ",
        "[[ ",
    ] {
        let risk = of_script(&unit.repeat(TIMES));
        assert!(risk <= Risk::High, "{unit}: {risk:?}");
    }
    assert_eq!(of_script(&format!("{}rm -rf /{}", "$(".repeat(200), ")".repeat(200))), Risk::High);
    assert_eq!(of_script(&format!("{}rm -rf /{}", "$(".repeat(20), ")".repeat(20))), Risk::Critical);
    let lines = "cat <<'A'\nx\nA\nrm a | sort -n\n".repeat(TIMES / 10);
    assert_eq!(of_script(&lines), Risk::Medium);
    let words = "x ".repeat(TIMES * 5);
    assert_eq!(of_script(&format!("kubectl get {words}")), Risk::Low);
}

mod any_text {
    use super::{Interpreter, floor, of_script, script};
    use engine::plan::Risk;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_text_is_read(
            body in proptest::collection::vec(
                prop_oneof![
                    Just("$("), Just(")"), Just("`"), Just("\""), Just("'"), Just("${"), Just("}"), Just("\\"), Just("\n"),
                    Just("<<A"), Just("A\n"), Just("case x in"), Just("esac"), Just(";;"), Just("(("), Just("))"),
                    Just("rm -rf a"), Just(" "), Just("[["), Just("]]"), Just("for"), Just("|"), Just(">"), Just("é\0"),
                ],
                0..40,
            ),
        ) {
            let body = body.concat();
            prop_assert!(floor(&script(Interpreter::Python, &body)).0 >= Risk::Medium);
            // Whatever follows, a command that came before it was seen.
            let found = of_script(&format!("rm -rf a\n{body}"));
            prop_assert!(found >= Risk::High);
        }

        #[test]
        fn any_sql_is_read(statement in "(select|drop|'|\"|;|--|/\\*|\\*/|\\$a?\\$|\\\\|\\(| |\n|x|\0){0,30}") {
            let dropped = format!("drop table a; {statement}");
            prop_assert_eq!(floor(&super::run(&["psql", "-c", &dropped])).0, Risk::Critical);
        }
    }
}
