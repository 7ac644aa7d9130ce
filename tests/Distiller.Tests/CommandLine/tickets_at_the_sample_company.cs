using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Distiller.Tests.CommandLine;

internal sealed class tickets_at_the_sample_company
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void Create() => _folder = new TemporaryFolder();

    [TearDown]
    public void Remove() => _folder.Dispose();

    [TestCase("--handbook", true)]
    [TestCase("--no-handbook", false)]
    public void worked_by_a_model_of_nonsense_are_counted_failures(string option, bool handbook)
    {
        DeskNight.Base.Write(_folder["base.gguf"]);
        var result = Run(option, "--tickets", "4", "--max-output", "8", "--transcripts", _folder["t.jsonl"], "--json");
        result.ExitCode.ShouldBe(0, result.ToString());
        ((bool)result.Json["handbook"]!).ShouldBe(handbook);
        var figures = result.Json["figures"]!;
        ((int)figures["tasks"]!).ShouldBe(4);
        ((int)figures["solved"]!).ShouldBe(0);
        figures["failures"]!.AsArray().Sum(f => (int)f!["tasks"]!).ShouldBe(4);
        ((long)figures["tokens"]!["output"]!).ShouldBeInRange(1, 4 * 8 * 8);
        var transcripts = File.ReadAllLines(_folder["t.jsonl"]).Select(l => JsonNode.Parse(l)!).ToList();
        transcripts.Count.ShouldBe(4);
        transcripts.ShouldAllBe(t => ((string)t["reason"]!).Length > 0 && ((string)t["plan"]!).StartsWith('*'));
        transcripts.ShouldAllBe(t => (string)t["turns"]!.AsArray()[1]!["role"]! == "assistant");
    }

    [Test]
    public void are_shown_in_tables_for_people()
    {
        DeskNight.Base.Write(_folder["base.gguf"]);
        var result = Run("--no-handbook", "--tickets", "2", "--max-output", "4");
        result.ExitCode.ShouldBe(0, result.ToString());
        result.Output.ShouldContain("tokens per ticket");
        result.Output.ShouldContain("not solved because");
    }

    [Test]
    public void are_refused_to_a_base_whose_context_is_too_small_with_both_numbers()
    {
        new TinyBase { Context = 2_048 }.Write(_folder["base.gguf"]);
        RefusesBothNumbers(Run("--handbook", "--tickets", "2"));
        Run("--no-handbook", "--tickets", "1", "--max-output", "4").ExitCode.ShouldBe(0);
    }

    [Test]
    public void are_refused_to_such_a_base_before_a_night_begins()
    {
        new TinyBase { Context = 2_048 }.Write(_folder["base.gguf"]);
        RefusesBothNumbers(DistillerProcess.Run(DeskNight.Arguments(_folder["home"], _folder["base.gguf"])));
        Directory.Exists(Path.Combine(_folder["home"], "episodes")).ShouldBeFalse();
    }

    [Test]
    public void with_and_without_the_handbook_at_once_is_wrong_usage() =>
        Run("--handbook", "--no-handbook").ExitCode.ShouldBe(2);

    private CommandResult Run(params string[] more) =>
        DistillerProcess.Run(["opsdesk", "run", "--base", _folder["base.gguf"], "--home", _folder["home"], .. more]);

    private static void RefusesBothNumbers(CommandResult result)
    {
        result.ExitCode.ShouldBe(3, result.ToString());
        result.Error.ShouldContain("context holds 2048");
        var needed = Regex.Match(result.Error, "needs ([0-9]+) tokens", RegexOptions.None, TimeSpan.FromSeconds(1));
        int.Parse(needed.Groups[1].Value, CultureInfo.InvariantCulture).ShouldBeGreaterThan(2_048);
    }
}
