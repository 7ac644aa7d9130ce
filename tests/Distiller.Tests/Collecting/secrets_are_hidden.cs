using System.Text;
using System.Text.Json;
using Distiller.Lake;
using Distiller.Scrubbing;

namespace Distiller.Tests.Collecting;

internal sealed class secrets_are_hidden
{
    // Put together at run time, so that no scanner of the repository takes them for real.
    private static string Join(params string[] parts) => string.Concat(parts);

    private static IEnumerable<TestCaseData> Secrets()
    {
        TestCaseData Case(string type, string before, string secret, string after = "") =>
            new TestCaseData(type, before, secret, after).SetArgDisplayNames(
                type,
                before + secret[..Math.Min(8, secret.Length)]
            );

        var letters = "aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dF3hJ5";
        yield return Case("api-key", "key is ", Join("sk-", "proj-", letters), ".");
        yield return Case("api-key", "", Join("sk-", "ant-api03-", letters, "-", letters));
        yield return Case("api-key", "(", Join("ghp", "_", letters), ")");
        yield return Case("api-key", "x=", Join("gho", "_", letters));
        yield return Case("api-key", "", Join("github", "_pat_", letters, "_", letters), " end");
        yield return Case("api-key", "", Join("AI", "za", letters[..35]));
        yield return Case("api-key", "", Join("xox", "b-123456789012-", letters));
        yield return Case("api-key", "", Join("glpat", "-", letters[..20]));
        yield return Case("api-key", "//registry/:_auth=", Join("npm", "_", letters));
        yield return Case("api-key", "", Join("hf", "_", letters[..34]));
        yield return Case("aws-key", "id ", Join("AKIA", "IOSFODNN7EXAMPLE"), " ok");
        yield return Case(
            "jwt",
            "",
            Join("eyJ", "hbGciOiJIUzI1NiJ9.", "eyJ", "zdWIiOiIxMjM0NTY3ODkwIn0.", letters),
            "\n"
        );
        yield return Case("bearer", "Authorization: Bearer ", "abc123.def456-ghi789_jkl", "\r\n");
        yield return Case("basic-auth", "authorization: basic ", Convert.ToBase64String("user:hunter2"u8), "\"");
        yield return Case("password", "password = \"", "hunter2", "\"");
        yield return Case("password", "{\"password\": \"", "correct-horse", "\"}");
        yield return Case("password", "{\\\"password\\\": \\\"", "correct-horse", "\\\"}");
        yield return Case("password", "DB_PASSWORD=", "swordfish", "\n");
        yield return Case("password", "Server=db;User Id=sa;Password=", "Tr0ub4dor!", ";Encrypt=true");
        yield return Case("secret", "client_secret: '", "9f8e7d6c5b4a", "'");
        yield return Case("secret", "export API_TOKEN=", "0a1b2c3d4e5f6071");
        yield return Case("secret", "AccountKey=", "Zm9vYmFyMTIzNDU2Nzg5MA==", ";EndpointSuffix=x");
        yield return Case("url-credentials", "git clone https://", "bob:s3cret", "@host.example/repo.git");
        yield return Case("url-credentials", "postgres://", "app:pw", "@db:5432/x");
        yield return Case(
            "private-key",
            "",
            "-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc\n-----END RSA PRIVATE KEY-----",
            "\nmore"
        );
        yield return Case("private-key", "cut off: ", "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNza");
        yield return Case("email", "mail ", "jane.doe+x@mail.example.co.uk", ", please.");
        yield return Case("email", "<", "a@b.de", ">");
        yield return Case("phone", "call ", "+49 151 23456789", " now");
        yield return Case("phone", "call ", "+14155550123", ".");
        yield return Case("phone", "or ", "+1 (415) 555-0123", "!");
        yield return Case("phone", "", "0044 20 7946 0958");
        yield return Case("phone", "fax ", "415-555-0123", ",");
        yield return Case("iban", "IBAN ", "DE89 3704 0044 0532 0130 00", ".");
        yield return Case("iban", "", "GB82WEST12345698765432", "\n");
        yield return Case("card", "pay with ", "4111 1111 1111 1111", "?");
        yield return Case("card", "", "5500005555555559", ",");
        yield return Case("card", "amex ", "3782-822463-10005");
    }

    [TestCaseSource(nameof(Secrets))]
    public void a_secret_gives_way_to_a_placeholder(string type, string before, string secret, string after) =>
        new SecretScrubber().Scrub(before + secret + after).ShouldBe($"{before}[{type}-1]{after}");

    [TestCase("commit 9fceb02d0ae598e95dc970b74767f19372d61af8 by the bot")]
    [TestCase("uuid 3252495b-f5ee-4004-9370-21c6d432eb59 and 00581361-6428-4999-a76e-f2d5c3a1b0e9")]
    [TestCase("flights HAT136 and HAT039 on 2024-05-20, reservation NO6JO3, $255, user mia_li_3668")]
    [TestCase("credit_card_4421486 certificate_7504069 gift_card_8245350")]
    [TestCase("/Users/someone/src/token_counter.go:123:45 and C:\\secrets\\readme.txt")]
    [TestCase("src/password_reset.py imports getpass; see docs/token.md")]
    [TestCase("input_tokens: 1234, \"output_tokens\": 99, max_tokens=4096, token_count = 17")]
    [TestCase("password = getpass.getpass(); token = os.environ['TOKEN']; secret: str = None")]
    [TestCase("const token = await fetchToken(user); if (password == other) {}")]
    [TestCase("PWD=/home/someone/work OLDPWD=/tmp1/x")]
    [TestCase("password: ${DB_PASSWORD} api_key=<your-key> token=\"{{ token }}\" secret=\"********\"")]
    [TestCase("The password is required. Token: expired yesterday. Secret santa!")]
    [TestCase("git@github.com:org/repo.git lodash@4.17.21 pkg@1.2.3-beta.rc icon@2x.png @decorator user@host")]
    [TestCase("1763769600000000123 1763769600123 3.141592653589793 4111111111111112 1e-15 0x00004142")]
    [TestCase("disk-usage-of-task-12345678901234567890 risk-assessment-2024-something-long")]
    [TestCase("+ 12345678 lines\n+20240520 added\n@@ -10,7 +10,8 @@ +1234567")]
    [TestCase("sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [TestCase("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----")]
    [TestCase("https://example.com:8080/path?x=1#y http://[::1]:80/ see https://a.b/@scope/pkg")]
    [TestCase("toolu_01DHKNCenrdDpRDNWywAcLjt msg_01QsjUKj2qiHGGqN8tpRTCRh call_oIHazX6yQrB8hUwl4cRilFKj")]
    [TestCase("basic authentication and bearer authentication are described below")]
    [TestCase("iso 2026-01-20T15:07:58.839Z version 10.0.401.2 ip 192.168.100.200 DE12 is no account")]
    public void what_only_looks_like_one_stays(string text) => new SecretScrubber().Scrub(text).ShouldBeSameAs(text);

    [Test]
    public void an_aws_key_takes_its_secret_with_it()
    {
        var secret = Join("wJalrXUtnFEMI/K7MDENG/", "bPxRfiCYEXAMPLEKEY");
        new SecretScrubber()
            .Scrub($"{Join("AKIA", "IOSFODNN7EXAMPLE")},{secret}\n")
            .ShouldBe("[aws-key-1],[aws-secret-1]\n");
    }

    [Test]
    public void equal_values_get_equal_placeholders_within_an_episode()
    {
        var scrubber = new SecretScrubber();
        scrubber.Scrub("ask a@x.org and b@x.org").ShouldBe("ask [email-1] and [email-2]");
        scrubber.Scrub("b@x.org again, not c@x.org").ShouldBe("[email-2] again, not [email-3]");
        scrubber.ScrubJson("""{"to":["b@x.org"],"n":1}""").ShouldBe("""{"to":["[email-2]"],"n":1}""");
        scrubber
            .Scrub("already [email-2] and password=[password-1]")
            .ShouldBe("already [email-2] and password=[password-1]");
        new SecretScrubber().Scrub("b@x.org").ShouldBe("[email-1]");
    }

    [Test]
    public void json_stays_json_and_untouched_json_stays_as_written()
    {
        var odd = "{ \"a\" :  1.50, \"b\":\"\\u00e9\" }";
        new SecretScrubber().ScrubJson(odd).ShouldBeSameAs(odd);
        var clean = new SecretScrubber().ScrubJson(
            """{"password":"x y \"z\"","note":"pw: p@q.org","deep":{"apiKey":"a1b2c3d4e5f6"},"count":3,"tokens":[1,2]}"""
        );
        using var document = JsonDocument.Parse(clean);
        document.RootElement.GetProperty("deep").GetProperty("apiKey").GetString().ShouldBe("[secret-1]");
        document.RootElement.GetProperty("note").GetString().ShouldBe("pw: [email-1]");
        document.RootElement.GetProperty("count").GetInt32().ShouldBe(3);
    }

    [Test]
    public void time_grows_with_the_length_and_not_faster()
    {
        string[] hostile =
        [
            "sk-",
            "sk-a",
            "eyJ",
            "eyJ-",
            "eyJaaaaaaaaaaaa.",
            "a@",
            "@a.",
            "a.",
            "://",
            "://a:",
            "+1",
            "4 ",
            "4-",
            "00 1",
            "0",
            "(",
            "password=",
            "password:\"",
            "token",
            "basic ",
            "bearer A1",
            "-----BEGIN ",
            "-----BEGIN PRIVATE KEY-----",
            "AKIA",
            "DE89 ",
            "AKIAIOSFODNN7EXAMPLE",
            "\\",
            "\"",
            "password='",
            "password is ",
            "DB_PASS=x",
            "key key key ",
            "curl -u a ",
            "mysql -p",
            "Cookie: a=",
            "Authorization: ",
            "kind: Secret\ndata:\n a: ",
            "data:",
            "ewog",
            "hooks.slack.com/services/",
            "password '",
            "PIN: ",
            "cat a.key\n",
            "your new password:\n",
            "$ pass show a\n",
            "a login ",
            "accounts: [",
            "az keyvault secret show -o ",
            "changed the password to ",
            "secret = b\"",
            "echo a | sudo -S ",
            "<password>",
            "name: token\n value: ",
            "://a:b/",
            "LS0tLS1CRUdJTi",
            "glpat-",
        ];
        // Warm up, then compare two lengths of each: CPU time may not grow sixteenfold for the fourfold length.
        foreach (var seed in hostile)
        {
            Cost(seed, 20_000);
        }

        foreach (var seed in hostile)
        {
            var small = Cost(seed, 100_000);
            // The least of three: the processor time is the whole process's.
            Enumerable
                .Range(0, 3)
                .Any(_ => Cost(seed, 400_000).TotalSeconds < Math.Max(small.TotalSeconds, 0.05) * 10)
                .ShouldBeTrue(seed);
        }
    }

    [Test]
    public void nothing_secret_reaches_the_disk()
    {
        using var folder = new TemporaryFolder();
        using var workspace = Workspace.Open(folder["home"]);
        var key = Join("ghp", "_aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dF3hJ5");
        var log = Logs.Write(
            folder,
            "jane@corp.example/log.jsonl",
            Logs.User("session-of-jane@corp.example", "u1", $"my key is {key}, write to jane@corp.example"),
            Logs.Assistant("session-of-jane@corp.example", "u2", "m1", $"I wrote to jane@corp.example with {key}", 3),
            "{\"broken\": \"" + key + " jane@corp.example"
        );

        Logs.Collect(workspace, log).Quarantined.ShouldBe(1);

        var episode = workspace.Episodes.Read().Single();
        episode.Turns[0].Text.ShouldBe("my key is [api-key-1], write to [email-1]");
        episode.Turns[1].Text.ShouldBe("I wrote to [email-1] with [api-key-1]");
        var refused = workspace.Quarantine.List().Single();
        refused.Excerpt.ShouldBe("{\"broken\": \"[api-key-1] [email-1]");
        var everything = string.Join(
            '\n',
            refused.Place.File,
            episode.Key,
            episode.TaskId,
            EpisodeJson.TurnsToJson(episode.Turns)
        );
        everything.ShouldNotContain("jane");
        everything.ShouldNotContain(key);
        foreach (var file in Directory.EnumerateFiles(folder["home"], "*", SearchOption.AllDirectories))
        {
            if (Path.GetFileName(file).StartsWith(".lock"))
            {
                continue;
            }

            var bytes = File.ReadAllBytes(file);
            Encoding.Latin1.GetString(bytes).ShouldNotContain("jane@corp");
        }
    }

    [Test]
    public void names_that_differ_only_in_what_is_hidden_stay_two()
    {
        using var folder = new TemporaryFolder();
        using var workspace = Workspace.Open(folder["home"]);
        var log = Logs.Write(folder, "log", Logs.Own("for a@x.org"), Logs.Own("for b@x.org"));
        Logs.Collect(workspace, log).Episodes.ShouldBe(2);
        workspace.Episodes.Read().Select(e => e.TaskId).Distinct().Count().ShouldBe(2);
    }

    private static TimeSpan Cost(string seed, int length)
    {
        var text = string.Concat(Enumerable.Repeat(seed, (length / seed.Length) + 1));
        var before = Environment.CpuUsage.UserTime;
        new SecretScrubber().Scrub(text);
        return Environment.CpuUsage.UserTime - before;
    }
}
