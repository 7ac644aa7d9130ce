namespace Distiller.Tests.CommandLine;

/// <summary>A few episodes train something; nothing says that it is good, so nothing is published.</summary>
internal sealed class a_night_that_shows_nothing
{
    [Test]
    public void publishes_nothing_and_says_why()
    {
        using var folder = new TemporaryFolder();
        _ = new TinyBase().Write(folder["base.gguf"]);
        var arguments = Night.Arguments(folder["home"], SampleLogs.Write(folder["logs.jsonl"]), folder["base.gguf"]);
        var strict = arguments.Select((a, i) => i > 0 && arguments[i - 1] == "--min-holdout-tasks" ? "6" : a);

        var night = DistillerProcess.Run([.. strict]);

        night.ExitCode.ShouldBe(1, night.ToString());
        ((bool)night.Json["published"]!).ShouldBeFalse();
        ((string)night.Json["reason"]!).ShouldContain("at least 6");
        Directory.Exists(Path.Combine(folder["home"], "adapters", "stable")).ShouldBeFalse();
        var published = DistillerProcess.Run("publish", "--base", folder["base.gguf"], "--home", folder["home"]);
        published.ExitCode.ShouldBe(3);
        published.Error.ShouldContain("The gate is closed.");
    }
}
