using System.Text.RegularExpressions;
using Distiller.Training.Distilling;
using Distiller.Training.Objectives;

namespace Distiller.Tests.Training;

internal sealed partial class An_objective_is_one_file
{
    [Test]
    public void every_one_of_the_assembly_is_known_by_a_name_of_its_own()
    {
        var names = KnownObjectives.All.Select(o => o.Name).ToList();

        names.ShouldContain(CrossEntropy.DefaultName);
        names.ShouldBeUnique();
        names.ShouldAllBe(n => KebabCase().IsMatch(n));
        KnownObjectives
            .All.Select(o => o.GetType())
            .ShouldBe(
                typeof(IObjective).Assembly.GetTypes().Where(t => t.IsClass && t.IsAssignableTo(typeof(IObjective))),
                ignoreOrder: true
            );
        names.ShouldAllBe(n => KnownObjectives.Named(n).Name == n);
    }

    [Test]
    public void the_default_changes_no_key_and_another_does()
    {
        var usual = new TrainingOptions();
        CanonicalJson.Text(usual).ShouldNotContain("objective");

        CanonicalJson.Text(usual with { Objective = "another" }).ShouldContain("\"objective\":\"another\"");
    }

    [Test]
    public void an_unknown_one_is_refused_with_those_there_are()
    {
        var error = Should.Throw<BadInputException>(() =>
            Core.Settings.OptionsCheck.Require(new TrainingOptions { Objective = "least-squares" })
        );

        error.Message.ShouldContain("least-squares");
        error.Remedy.ShouldContain(CrossEntropy.DefaultName);
    }

    [GeneratedRegex("^[a-z]+(-[a-z]+)*$", RegexOptions.None, 1000)]
    private static partial Regex KebabCase();
}
