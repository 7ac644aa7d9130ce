using System.Text.Json;
using Distiller.Mining.Reducing;
using Distiller.Tests.Mining;

namespace Distiller.Tests.Reducing;

[TestFixture]
internal sealed class reducers_shorten_what_they_know
{
    private readonly OutputReducer _reducer = new(Logged.CountTokens);

    private static IEnumerable<TestCaseData> Samples() =>
        Outputs.All.Select(o => new TestCaseData(o.Kind, o.Command, o.Text).SetArgDisplayNames(o.Kind, o.Command));

    [TestCaseSource(nameof(Samples))]
    public void each_kind_of_output_is_known_and_becomes_much_shorter(string kind, string command, string text)
    {
        var (reduced, reduction) = _reducer.Reduce(text, "Bash", command);

        reduction.Reducer.ShouldBe(kind);
        reduction.TokensBefore.ShouldBe(Logged.CountTokens(text));
        reduction.TokensAfter.ShouldBe(Logged.CountTokens(reduced));
        reduction.TokensAfter.ShouldBeLessThan(reduction.TokensBefore * 3 / 4);
    }

    [TestCaseSource(nameof(Samples))]
    public void it_is_known_by_its_content_alone(string kind, string command, string text)
    {
        var (reduced, reduction) = _reducer.Reduce(text);

        reduction.Reducer.ShouldBe(kind, $"without '{command}'");
        reduced.Length.ShouldBeLessThan(text.Length);
    }

    [TestCaseSource(nameof(Samples))]
    public void reducing_twice_is_reducing_once(string kind, string command, string text)
    {
        var once = _reducer.Reduce(text, "Bash", command).Text;
        var (twice, reduction) = _reducer.Reduce(once, "Bash", command);

        twice.ShouldBe(once, kind);
        reduction.Reducer.ShouldBe(Reduction.Unchanged);
    }

    [TestCase(
        "pytest -v",
        "E       assert 11 == 12",
        "FAILED tests/test_orders.py::test_refund",
        "1 failed, 42 passed"
    )]
    [TestCase("cargo test", "panicked at src/queue.rs:41:9", "drops_late ... FAILED", "30 passed; 1 failed")]
    [TestCase("go test ./... -v", "limit_test.go:31: got 5, want 4", "--- FAIL: TestLimit", "FAIL\texample.org/desk")]
    [TestCase("dotnet test", "11 should be 12", "Failed a_refund_is_exact", "Failed:     1, Passed:    30")]
    [TestCase("npx jest", "● cart › removes the last item", "Received: 1", "Tests:       1 failed, 80 passed")]
    [TestCase("mvn test", "<<< FAILURE! - in desk.RefundTest", "expected:<12> but was:<11>", "BUILD FAILURE")]
    [TestCase("apt-get install -y ripgrep", "E: Unable to locate package ripgrepp")]
    [TestCase("pip install -r requirements.txt", "ERROR: pip's dependency resolver", "Successfully installed")]
    [TestCase("npm ci", "npm ERR! code ELIFECYCLE", "added 812 packages")]
    [TestCase("cargo build", "error[E0308]: mismatched types", "error: could not compile")]
    [TestCase("find . -name '*.cs'", "find: './private': Permission denied", "handler0.cs", "handler119.cs")]
    [TestCase("grep -rn Retry src", "grep: src/locked.cs: Permission denied", "file5.cs:10:")]
    [TestCase("curl https://desk.example/tickets", "Error: ticket 61 is locked")]
    [TestCase("./deploy.sh", "ERROR: disk quota exceeded on host 7", "step 0:", "deploy finished with 1 error")]
    [TestCase("git diff", "-    return 11;", "+    return 12;", "@@ -10,40 +10,40 @@")]
    [TestCase("git diff --stat", "some_part_number_7.cs | 17", "20 files changed")]
    public void what_failed_and_the_summary_stay(string command, params string[] kept)
    {
        var sample = Outputs.All.First(o => o.Command == command);
        var reduced = _reducer.Reduce(sample.Text, "Bash", command).Text;

        kept.ShouldAllBe(k => reduced.Contains(k, StringComparison.Ordinal), reduced);
    }

    [Test]
    public void passing_tests_are_left_out_and_the_gap_is_told()
    {
        var reduced = _reducer.Reduce(Outputs.Pytest()).Text;

        reduced.ShouldNotContain(" PASSED ", Case.Sensitive);
        reduced.ShouldMatch(@"\[\d+ lines, \d+ bytes left out\]");
    }

    [Test]
    public void the_marker_tells_exactly_what_is_missing()
    {
        var text = string.Concat(Enumerable.Range(0, 300).Select(i => $"line {i:000} of a quiet log\n"));
        var reduced = _reducer.Reduce(text).Text;

        // 300 lines of 24 bytes; 20 stay at the head and 15 at the tail.
        reduced.ShouldContain("[265 lines, 6360 bytes left out]");
        reduced.Split('\n').Length.ShouldBe(36);
    }

    [Test]
    public void a_log_becomes_one_line_a_commit()
    {
        var log = string.Join('\n', Outputs.Log().Split('\n').Take(8 * 10));
        var reduced = _reducer.Reduce(log).Text;

        reduced.Split('\n').Length.ShouldBe(10);
        reduced.ShouldStartWith("00c0ffee00 Keep order number 0 when refunding\n01c0ffee00 ");
    }

    [Test]
    public void status_loses_its_hints_and_not_its_files()
    {
        var reduced = _reducer
            .Reduce(
                "On branch main\n\nChanges to be committed:\n  (use \"git restore --staged <file>...\" to unstage)\n"
                    + string.Concat(Enumerable.Range(0, 20).Select(i => $"\tmodified:   part{i}.cs\n"))
            )
            .Text;

        reduced.ShouldNotContain("(use");
        reduced.Split('\n').Count(l => l.Contains("modified:", StringComparison.Ordinal)).ShouldBe(20);
    }

    [Test]
    public void json_stays_json_and_keeps_keys_and_numbers()
    {
        var reduced = _reducer.Reduce(Outputs.Json()).Text;

        using var document = JsonDocument.Parse(reduced);
        var root = document.RootElement;
        root.EnumerateObject().Select(m => m.Name).ShouldBe(["tickets", "log", "error", "big"]);
        root.GetProperty("big").GetRawText().ShouldBe("12345678901234567890123");
        var tickets = root.GetProperty("tickets").EnumerateArray().ToList();
        tickets.Count.ShouldBe(20);
        tickets[^1].GetString().ShouldBe("41 more items left out");
        tickets[0].GetProperty("price").GetRawText().ShouldBe("12.50");
        tickets[0].TryGetProperty("note", out _).ShouldBeFalse();
        tickets[0].TryGetProperty("owner", out _).ShouldBeFalse();
        tickets[0].GetProperty("tags").GetArrayLength().ShouldBe(0, "an empty list is an answer");
    }

    [Test]
    public void a_huge_json_map_still_becomes_small_and_valid()
    {
        var map = "{" + string.Join(',', Enumerable.Range(0, 5000).Select(i => $"\"user{i}\":{{\"age\":{i}}}")) + "}";
        var reduced = _reducer.Reduce(map).Text;

        reduced.Length.ShouldBeLessThan(4000);
        using var document = JsonDocument.Parse(reduced);
        document.RootElement.GetProperty("...").GetString().ShouldBe("4937 more keys left out");
    }

    [Test]
    public void colours_titles_and_progress_bars_are_gone()
    {
        const string text =
            "\u001b]0;title\u0007\u001b[1;32mok\u001b[0m all good\r\nprogress 1%\rprogress 50%\rprogress 100%\r\n\u001b(Bdone\u001b[K";
        var (reduced, reduction) = _reducer.Reduce(text);

        reduced.ShouldBe("ok all good\nprogress 100%\ndone");
        reduction.Reducer.ShouldBe("terminal");
    }

    [Test]
    public void an_error_overwritten_by_a_progress_bar_stays() =>
        _reducer.Reduce("10%\rerror: mirror is down\r20%\r30%\n").Text.ShouldBe("error: mirror is down\n30%");

    [Test]
    public void a_hostile_nest_of_escapes_leaves_none()
    {
        var text =
            string.Concat(Enumerable.Repeat("\u001b[", 100_000)) + string.Concat(Enumerable.Repeat("0m", 100_000));

        _reducer.Reduce(text).Text.ShouldNotContain('\u001b');
    }

    [Test]
    public void source_code_with_the_word_error_is_no_list_of_errors()
    {
        var reduced = _reducer.Reduce(Outputs.NumberedFile(), "Read").Text;

        reduced.Split('\n').Length.ShouldBe(36);
    }

    [Test]
    public void notes_of_the_harness_after_a_file_are_left_out() =>
        _reducer
            .Reduce(
                string.Concat(Enumerable.Range(1, 40).Select(i => $"{i, 6}→    call({i});\n"))
                    + "\n<system-reminder>\nBe careful.\n</system-reminder>\n",
                "Read"
            )
            .Text.ShouldEndWith("    40→    call(40);");

    [Test]
    public void a_short_output_is_left_alone() =>
        _reducer.Reduce("{\"ok\": true, \"note\": null}").Text.ShouldBe("{\"ok\": true, \"note\": null}");
}
