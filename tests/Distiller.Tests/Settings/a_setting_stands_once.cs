using System.Text.Json;
using System.Text.RegularExpressions;
using Distiller.Core.Settings;
using Distiller.Jobs;
using Distiller.Jobs.Scheduling;
using Distiller.Jobs.Scheduling.Store;
using Distiller.Mining;
using Distiller.Tests.Scheduling;
using Distiller.Training.Distilling;

namespace Distiller.Tests.Settings;

public sealed partial class a_setting_stands_once
{
    private static readonly NightSettings Usual = new() { BasePath = "base.gguf" };

    [Test]
    public void its_words_range_and_default_are_the_helps()
    {
        var help = Spaces().Replace(DistillerProcess.Run("nightly", "--help").Output, " ");

        foreach (var setting in Setting.Of(typeof(NightSettings)))
        {
            help.ShouldContain($"{setting.Option} <");
            help.ShouldContain(setting.Description, Case.Sensitive);
            var value = setting.TextOf(Usual);
            help.ShouldContain(value is null ? setting.Description : $"{setting.Description} [default: {value}]");
        }

        help.ShouldContain("--rank <rank> Rank of the adapter (1 to 512). [default: 32]");
        help.ShouldContain("(above 0, at most 4096). [default: 64]");
        help.ShouldContain("--split <hash|time>");
        help.ShouldContain("--tokens-per-pass");
    }

    [Test]
    public void its_default_is_the_records_on_the_command_line_and_in_the_schedule()
    {
        using var folder = new Schedules();
        var scheduled = folder.Read(Schedules.Yaml).Tenants[1].Settings;
        var options = new SettingOptions<NightSettings>(Usual);
        var command = new System.CommandLine.RootCommand();
        options.AddTo(command);
        var read = options.Read(command.Parse([]));

        foreach (var setting in Setting.Of(typeof(NightSettings)))
        {
            setting.TextOf(read).ShouldBe(setting.TextOf(Usual), setting.Name);
            setting.TextOf(scheduled).ShouldBe(setting.TextOf(Usual), setting.Name);
        }
    }

    [Test]
    public void what_is_given_is_read_by_both()
    {
        using var folder = new Schedules();
        // A file of rules has to be there.
        foreach (
            var setting in Setting
                .Of(typeof(NightSettings))
                // Files, which must be there.
                .Where(s => s.Name is not ("scrub-rules" or "outcome-rules" or "repository" or "context" or "embedder"))
        )
        {
            var text = Values.Other(setting, Usual);
            var options = new SettingOptions<NightSettings>(Usual);
            var command = new System.CommandLine.RootCommand();
            options.AddTo(command);
            var yaml = Schedules.Yaml.Replace(
                "name: south",
                $"name: south\n    settings: {{ {setting.Name}: \"{text}\" }}",
                StringComparison.Ordinal
            );

            setting.TextOf(options.Read(command.Parse([setting.Option, text]))).ShouldBe(text);
            setting.TextOf(folder.Read(yaml).Tenants[1].Settings).ShouldBe(text);
        }
    }

    [TestCase("", false)]
    [TestCase("--rank-stabilized", true)]
    [TestCase("--rank-stabilized --rank 8", true)]
    [TestCase("--rank 8 --rank-stabilized", true)]
    [TestCase("--rank-stabilized false", false)]
    [TestCase("--rank-stabilized=true", true)]
    public void the_name_of_a_switch_alone_says_yes(string arguments, bool expected)
    {
        var options = new SettingOptions<NightSettings>(Usual);
        var command = new System.CommandLine.RootCommand();
        options.AddTo(command);
        var parsed = command.Parse(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        parsed.Errors.ShouldBeEmpty();
        options.Read(parsed).Training.RankStabilized.ShouldBe(expected);
    }

    [Test]
    public void every_one_of_them_reaches_the_process_of_a_step()
    {
        var settings = Setting
            .Of(typeof(NightSettings))
            .Aggregate(Usual, (record, setting) => setting.With(record, Values.Other(setting, record)));
        var order = new StepOrder(
            "run",
            "acme",
            new DateOnly(2026, 3, 10),
            RunStep.Train,
            "home",
            "registry",
            [],
            settings,
            new RunHandover(),
            0,
            null
        );

        var line = JsonSerializer.Serialize(order, EpisodeJson.Options);
        var read = JsonSerializer.Deserialize<StepOrder>(line, EpisodeJson.Options)!;

        line.ShouldNotContain("\n");
        read.Trial.ShouldBeNull();
        read.Settings.BasePath.ShouldBe("base.gguf");
        foreach (var setting in Setting.Of(typeof(NightSettings)))
        {
            setting.TextOf(read.Settings).ShouldBe(setting.TextOf(settings), setting.Name);
            if (Values.HasOther(setting))
            {
                setting.TextOf(read.Settings).ShouldNotBe(setting.TextOf(Usual), setting.Name);
            }
        }
    }

    [Test]
    public void a_step_that_is_told_a_setting_out_of_its_range_refuses_it()
    {
        var told = SettingsJson.Write(Usual);
        told["base"] = "base.gguf";
        told["rank"] = 513;

        Should
            .Throw<BadInputException>(() => told.Deserialize<NightSettings>(EpisodeJson.Options))
            .Place.ShouldBe(SourceLocation.Option("settings.rank"));
    }

    [Test]
    public void two_of_one_name_are_a_mistake_of_ours() =>
        Should.Throw<InvalidOperationException>(() => Setting.Of(typeof(Twins))).Message.ShouldContain("rank");

    /// <summary>An adapter that was made before is made again only where a setting changes.</summary>
    [Test]
    public void a_recipe_is_what_it_was_before_settings_were_derived()
    {
        var training = CanonicalJson.Text(
            new TrainingOptions
            {
                Seed = 17,
                CheckpointEvery = default,
                CheckpointEverySteps = 0,
            }
        );
        training.ShouldContain("\"tokensPerPass\":1024");
        training.ShouldContain("\"maxTrainTokens\":200000");
        training.ShouldNotContain("objective");
        var mining = CanonicalJson.Text(new MiningOptions());
        mining.ShouldContain("\"byTime\":false");
        mining.ShouldNotContain("method");
    }

    [GeneratedRegex(@"\s+", RegexOptions.None, 1000)]
    private static partial Regex Spaces();

    private sealed record Twins
    {
        public TrainingOptions One { get; init; } = new();

        public TrainingOptions Two { get; init; } = new();
    }
}
