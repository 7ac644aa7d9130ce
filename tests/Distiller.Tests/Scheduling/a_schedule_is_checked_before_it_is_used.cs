using System.Text.Json.Nodes;

namespace Distiller.Tests.Scheduling;

/// <summary><c>schedule check</c>, as a user runs it.</summary>
public sealed class a_schedule_is_checked_before_it_is_used
{
    [Test]
    public void it_tells_the_next_five_nights_of_each_tenant()
    {
        using var folder = new Schedules();
        File.WriteAllText(folder.Path, Schedules.Yaml);

        var checkedAsJson = DistillerProcess.Run("schedule", "check", folder.Path, "--home", folder["root"], "--json");
        var forPeople = DistillerProcess.Run("schedule", "check", "--home", Path.GetDirectoryName(folder.Path)!);

        checkedAsJson.ExitCode.ShouldBe(0, checkedAsJson.ToString());
        var tenants = checkedAsJson.Json["tenants"].ShouldNotBeNull().AsArray();
        tenants.Select(t => (string?)t!["name"]).ShouldBe(["north", "south"]);
        ((string?)tenants[0]!["home"]).ShouldBe(folder["root/tenants/north"]);
        var nights = tenants[1]!["nights"]!.AsArray();
        nights.Count.ShouldBe(5);
        nights.Select(Due).ShouldBe(nights.Select(Due).Order());
        nights.ShouldAllBe(n => Due(n).TimeOfDay == new TimeSpan(3, 15, 0) && Due(n) > DateTimeOffset.UtcNow);
        nights.ShouldAllBe(n => (DateTimeOffset?)n!["begins"] == Due(n) && n["stops"] == null);
        forPeople.ExitCode.ShouldBe(0, forPeople.ToString());
        forPeople.Output.ShouldContain("due 01:30 every day, Europe/Berlin");
        forPeople.Output.ShouldContain("may work always");
    }

    [Test]
    public void a_mistake_is_exit_code_3_with_line_and_remedy()
    {
        using var folder = new Schedules();
        File.WriteAllText(folder.Path, Schedules.Yaml.Replace("retries: 5", "retrys: 5", StringComparison.Ordinal));

        var result = DistillerProcess.Run("schedule", "check", folder.Path);

        result.ExitCode.ShouldBe(3);
        result.Output.ShouldBeEmpty();
        result.Error.ShouldContain($"{folder.Path}:11:5: 'retrys' is not known here.");
        result.Error.ShouldContain("remedy: Did you mean 'retries'?");
    }

    [Test]
    public void a_file_that_is_not_there_is_named()
    {
        using var folder = new TemporaryFolder();

        var result = DistillerProcess.Run("schedule", "check", "--home", folder.Path);

        result.ExitCode.ShouldBe(3);
        result.Error.ShouldContain(folder["nightly.yaml"]);
    }

    private static DateTimeOffset Due(JsonNode? night) => (DateTimeOffset)night!["due"]!;
}
