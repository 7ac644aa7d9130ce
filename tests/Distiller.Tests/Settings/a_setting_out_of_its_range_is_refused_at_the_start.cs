using System.CommandLine;
using System.Reflection;
using Distiller.Core.Settings;
using Distiller.Jobs;
using Distiller.Jobs.Scheduling;
using Distiller.Opsdesk.Nights;
using Distiller.Tests.Scheduling;
using RangeAttribute = System.ComponentModel.DataAnnotations.RangeAttribute;

namespace Distiller.Tests.Settings;

/// <summary>All settings there are, by every way in which they can be given.</summary>
public sealed class a_setting_out_of_its_range_is_refused_at_the_start
{
    [TestCaseSource(nameof(OnTheCommandLine))]
    public void on_the_command_line(string command, string option, string value)
    {
        var errors = Cli.CommandLine.Build().Parse([.. command.Split(' '), option, value]).Errors;

        var error = errors.Select(e => e.Message).ShouldHaveSingleItem($"{command} {option} {value}");
        error.ShouldStartWith($"{option}: ");
        error.ShouldContain(value);
        error.ShouldContain("Give ");
    }

    [TestCase("nightly --from LOGS", "--alpha", "5000", "above 0, at most 4096")]
    [TestCase("nightly --from LOGS", "--device", "cuda:x", "cpu, cuda or cuda:N")]
    [TestCase("nightly --from LOGS", "--rank", "0", "from 1 to 512")]
    [TestCase("distill", "--device", "gpu", "cpu, cuda or cuda:N")]
    [TestCase("distill", "--tokens-per-pass", "0", "from 1 to 1048576")]
    [TestCase("distill", "--objective", "least-squares", "cross-entropy")]
    [TestCase("mine", "--holdout", "0.9", "from 0.05 to 0.5")]
    [TestCase("opsdesk night", "--alpha", "5000", "above 0, at most 4096")]
    [TestCase("opsdesk week", "--nights", "61", "from 1 to 60")]
    [TestCase("serve", "--port", "65536", "from 0 to 65535")]
    public void with_exit_code_2_before_anything_is_read(string command, string option, string value, string range)
    {
        using var folder = new TemporaryFolder();
        var arguments = command.Replace("LOGS", folder["none.jsonl"], StringComparison.Ordinal).Split(' ');

        var result = DistillerProcess.Run([.. arguments, .. Base(command), "--home", folder["home"], option, value]);

        result.ExitCode.ShouldBe(2, result.ToString());
        result.Error.ShouldContain($"{option}: ");
        result.Error.ShouldContain(range);
        Directory.Exists(folder["home"]).ShouldBeFalse("nothing was begun");

        string[] Base(string of) => of is "serve" or "opsdesk week" ? [] : ["--base", folder["none.gguf"]];
    }

    [TestCaseSource(nameof(OfANight))]
    public void in_the_schedule_with_line_and_column(string name, string value)
    {
        using var folder = new Schedules();
        var yaml = Schedules.Yaml.Replace(
            "name: south",
            $"name: south\n    settings:\n      {name}: {value}",
            StringComparison.Ordinal
        );

        Refuses(folder, yaml, name, value);
    }

    [TestCaseSource(nameof(OfATrial))]
    public void in_a_trial_of_the_schedule(string name, string value)
    {
        using var folder = new Schedules();
        var yaml = Schedules.Yaml.Replace(
            "name: south",
            $"name: south\n    trial:\n      opsdesk:\n        {name}: {value}",
            StringComparison.Ordinal
        );

        Refuses(folder, yaml, name, value);
    }

    [TestCaseSource(nameof(OfATenant))]
    public void in_the_rest_of_a_tenant(string name, string value)
    {
        using var folder = new Schedules();
        var indent = name == "retries" ? "" : "retention:\n      ";
        var yaml = Schedules.Yaml.Replace(
            "name: south",
            $"name: south\n    {indent}{name}: {value}",
            StringComparison.Ordinal
        );

        Refuses(folder, yaml, name, value);
    }

    [TestCase("alpha: 5000", "above 0, at most 4096")]
    [TestCase("device: gpu", "cpu, cuda or cuda:N")]
    [TestCase("rank: 0", "from 1 to 512")]
    [TestCase("objective: least-squares", "cross-entropy")]
    public void by_schedule_check_and_the_server_with_exit_code_3(string setting, string range)
    {
        using var folder = new Schedules();
        var yaml = Schedules.Yaml.Replace(
            "name: south",
            $"name: south\n    settings:\n      {setting}",
            StringComparison.Ordinal
        );
        File.WriteAllText(folder.Path, yaml);

        foreach (
            var result in new[]
            {
                DistillerProcess.Run("schedule", "check", folder.Path),
                DistillerProcess.Run("serve", "--home", folder["root"], "--config", folder.Path, "--port", "0"),
            }
        )
        {
            result.ExitCode.ShouldBe(3, result.ToString());
            result.Error.ShouldContain($"{folder.Path}:20:");
            result.Error.ShouldContain(range);
        }
    }

    [TestCaseSource(nameof(InARecord))]
    public void by_whatever_takes_the_record(Type record, string property, object? value)
    {
        var options = Default(record);
        OptionsCheck.Require(options);
        record.GetProperty(property)!.SetValue(options, value);

        var error = Should.Throw<BadInputException>(() => OptionsCheck.Require(options));

        error.Place.ShouldBe(SourceLocation.Option($"{record.Name}.{property}"));
        error.Remedy.ShouldStartWith("Give ");
    }

    private static void Refuses(Schedules folder, string yaml, string name, string value)
    {
        var line = yaml.Split('\n').Index().Single(l => l.Item.Trim() == $"{name}: {value}");

        var error = Should.Throw<BadInputException>(() => folder.Read(yaml, t => DeskTrial.Read(t)));

        error.Place.File.ShouldBe(folder.Path);
        error.Place.Line.ShouldBe(line.Index + 1, error.Message);
        error.Place.Column.ShouldNotBeNull();
        error.Reason.ShouldContain(name);
        error.Reason.ShouldContain(value);
        error.Remedy.ShouldStartWith("Give ");
    }

    private static IEnumerable<object[]> OnTheCommandLine() =>
        from found in Options(Cli.CommandLine.Build(), [])
        from value in Values.Refused(found.Option.Setting)
        select new object[] { found.Command, found.Option.Name, value };

    private static IEnumerable<(string Command, SettingOption Option)> Options(
        Command command,
        IReadOnlyList<string> path
    )
    {
        // Whatever else a command needs: one error is to be left.
        var needed = command
            .Options.Where(o => o.Required && o is not SettingOption)
            .SelectMany(o => new[] { o.Name, "x" })
            .Concat(command.Arguments.Select(_ => "x"));
        var given = string.Join(' ', path.Concat(needed));
        return command
            .Options.OfType<SettingOption>()
            .Select(o => (given, o))
            .Concat(command.Subcommands.SelectMany(c => Options(c, [.. path, c.Name])));
    }

    private static IEnumerable<object[]> OfANight() => Of(typeof(NightSettings));

    private static IEnumerable<object[]> OfATrial() => Of(typeof(DeskTrial));

    private static IEnumerable<object[]> OfATenant() =>
        [.. Of(typeof(RetentionSettings)), .. Of(typeof(TenantSchedule)).Where(c => (string)c[0] == "retries")];

    private static IEnumerable<object[]> Of(Type record) =>
        from setting in Setting.Of(record)
        from value in Values.Refused(setting)
        select new object[] { setting.Name, value };

    private static IEnumerable<object?[]> InARecord() =>
        from assembly in new[] { typeof(Cli.CommandLine).Assembly }.Concat(
            typeof(Cli.CommandLine)
                .Assembly.GetReferencedAssemblies()
                .Where(a => a.Name!.StartsWith("Distiller.", StringComparison.Ordinal))
                .Select(Assembly.Load)
        )
        from record in assembly.GetTypes()
        where record.IsPublic && record.GetMethod("<Clone>$") is not null && Default(record) is not null
        from property in record.GetProperties()
        let range = property.GetCustomAttribute<RangeAttribute>()
        where range is not null && property.PropertyType != typeof(IReadOnlyList<int>)
        from value in new[] { Below(range, property.PropertyType) }
        select new object?[] { record, property.Name, value };

    private static object Below(RangeAttribute range, Type type)
    {
        var whole = Nullable.GetUnderlyingType(type) ?? type;
        return whole == typeof(TimeSpan)
            ? TimeSpan.Zero
            : Convert.ChangeType(
                Convert.ToDouble(range.Minimum, System.Globalization.CultureInfo.InvariantCulture) - 1,
                whole,
                System.Globalization.CultureInfo.InvariantCulture
            );
    }

    /// <summary>Null where the record needs to be told something.</summary>
    private static object Default(Type record) =>
        record
            .GetConstructors()
            .Where(c => c.GetParameters().All(p => p.IsOptional))
            .Select(c => c.Invoke([.. c.GetParameters().Select(p => p.DefaultValue)]))
            .FirstOrDefault()!;
}
