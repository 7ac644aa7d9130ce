using System.Text.Json;
using System.Text.RegularExpressions;
using Distiller.Lake;
using Distiller.Logs.Formats;

namespace Distiller.Tests.Collecting;

internal sealed class a_format_stands_in_one_place
{
    private static IEnumerable<TestCaseData> Records()
    {
        yield return new TestCaseData("tau-bench", Logs.Tau(1, 0, 1));
        yield return new TestCaseData("terminal-bench", Logs.Trial("a"));
        yield return new TestCaseData("episode", Logs.Own("a"));
        yield return new TestCaseData(
            "codex",
            """{"timestamp":"2025-01-01T00:00:00Z","type":"session_meta","payload":{"id":"x"}}"""
        );
        yield return new TestCaseData(
            "gemini-cli",
            """{"sessionId":"g","startTime":"2025-01-01T00:00:00Z","lastUpdated":"2025-01-01T00:00:00Z","messages":[]}"""
        );
        yield return new TestCaseData(
            "opencode",
            """{"id":"msg_1","sessionID":"ses_1","role":"user","time":{"created":1}}"""
        );
        yield return new TestCaseData(
            "cline",
            """{"role":"user","content":[{"type":"text","text":"<task>hi</task>"}]}"""
        );
        yield return new TestCaseData("goose", """{"working_dir":"/w","description":"d","message_count":0}""");
        yield return new TestCaseData(
            "pi",
            """{"type":"session","version":3,"id":"p","timestamp":"2025-01-01T00:00:00Z","cwd":"/w"}"""
        );
        yield return new TestCaseData(
            "openhands",
            """{"id":0,"source":"user","action":"message","args":{"content":"fix"}}"""
        );
        yield return new TestCaseData("terminal-bench", $"{{\"results\":[{Logs.Trial("a")}]}}");
        yield return new TestCaseData("tau2", """{"simulations":[],"info":{}}""");
        yield return new TestCaseData("atif", """{"schema_version":"ATIF-v1.6","session_id":"s","steps":[]}""");
        yield return new TestCaseData("swe-agent", """{"trajectory":[],"history":[],"info":{}}""");
        yield return new TestCaseData(
            "mini-swe-agent",
            """{"trajectory_format":"mini-swe-agent-1","info":{},"messages":[{"role":"user","content":"x"}]}"""
        );
        yield return new TestCaseData("inspect", """{"version":2,"eval":{"task":"t","model":"m"},"samples":[]}""");
        yield return new TestCaseData(
            "ljoukov-run",
            """{"model":"m","taskId":"t","runIndex":1,"result":{"steps":[]}}"""
        );
        yield return new TestCaseData("otel-genai", """{"resourceSpans":[]}""");
        yield return new TestCaseData("langfuse", """{"id":"t","observations":[],"scores":[]}""");
        yield return new TestCaseData("sharegpt", """{"conversations":[{"from":"human","value":"x"}]}""");
        yield return new TestCaseData("openai-chat", """{"messages":[{"role":"user","content":"x"}]}""");
        yield return new TestCaseData("openai-chat", """{"custom_id":"q","response":{"body":{"choices":[]}}}""");
        yield return new TestCaseData("claude-code", Logs.User("s", "1", "hello"));
        yield return new TestCaseData("claude-code", Logs.Assistant("s", "2", "m", "hi", 3));
    }

    [TestCaseSource(nameof(Records))]
    public void a_record_is_recognised_by_its_own_format_only(string name, string record)
    {
        using var document = JsonDocument.Parse(record);
        // Any list of messages is read as a chat where nothing else about it is known, so that format is asked behind the others.
        var recognising = LogFormats.All.Where(f => f.Recognizes(document.RootElement)).Select(f => f.Name).ToList();
        recognising.Except(name == "mini-swe-agent" ? ["openai-chat"] : []).ShouldBe([name]);
        recognising[0].ShouldBe(name);
    }

    /// <summary>Its lines are like those of another agent, but for the parts of their messages.</summary>
    [Test]
    public void of_two_formats_that_recognise_a_record_the_closer_one_is_asked_first()
    {
        using var document = JsonDocument.Parse(
            """{"type":"user","sessionId":"q","message":{"role":"user","parts":[{"text":"hi"}]}}"""
        );
        LogFormats.All.First(f => f.Recognizes(document.RootElement)).Name.ShouldBe("qwen-code");
    }

    [Test]
    public void a_format_says_what_users_have_to_know_of_it()
    {
        LogFormats.All.Select(f => f.Name).ShouldBeUnique();
        foreach (var format in LogFormats.All)
        {
            foreach (var text in new[] { format.Title, format.Identity, format.OutcomeSource, format.UsageConvention })
            {
                text.ShouldNotBeNullOrWhiteSpace(format.Name);
            }
        }
    }

    [Test]
    public void a_file_of_no_format_is_told_which_there_are()
    {
        using var folder = new TemporaryFolder();
        using var workspace = Workspace.Open(folder["home"]);
        Logs.Collect(workspace, Logs.Write(folder, "prose", "hello world"));
        var remedy = workspace.Quarantine.List().Single().Remedy;
        LogFormats.All.ShouldAllBe(f => remedy.Contains(f.Title));
    }

    [Test]
    public void no_source_outside_a_formats_folder_names_it()
    {
        var formats = Path.Combine(Repository.Root, "src", "Distiller.Logs", "Formats");
        var folders = Directory.GetDirectories(formats);
        folders.Length.ShouldBe(LogFormats.All.Count, "a folder per format");
        var names = LogFormats
            .All.Where(f => f.Name.Contains('-'))
            .Select(f => f.Name.Replace("-", "[-_ ]?", StringComparison.Ordinal))
            .Concat(folders.Select(f => $"Formats.{Path.GetFileName(f)}"))
            .ToList();
        names.Count.ShouldBeGreaterThan(folders.Length);
        var named = new Regex(string.Join('|', names), RegexOptions.IgnoreCase);
        string[] roots = [Path.Combine(Repository.Root, "src"), Path.Combine(Repository.Root, "jobs")];
        var sources = roots
            .SelectMany(r => Directory.EnumerateFiles(r, "*", SearchOption.AllDirectories))
            .Where(f => Path.GetExtension(f) is ".cs" or ".yaml" or ".cshtml" or ".razor")
            .Where(f => !f.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}"))
            .Where(f => !f.Contains($"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}"))
            .ToList();
        sources.Count.ShouldBeGreaterThan(300);

        var naming = sources
            .Where(f => named.IsMatch(File.ReadAllText(f)))
            .Where(f => !folders.Any(d => f.StartsWith(d + Path.DirectorySeparatorChar, StringComparison.Ordinal)));

        naming.ShouldBe([Path.Combine(formats, "LogFormats.cs")]);
    }
}
