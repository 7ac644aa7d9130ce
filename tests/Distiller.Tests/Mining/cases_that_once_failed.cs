using Distiller.Lake;
using Distiller.Mining;
using Distiller.Mining.Splitting;
using Distiller.Tests.Examples;

namespace Distiller.Tests.Mining;

/// <summary>The small logs beside the repository on which mining once went wrong.</summary>
internal sealed class cases_that_once_failed
{
    private static MiningResult Mine(string name)
    {
        using var folder = new TemporaryFolder();
        using var workspace = Workspace.Open(folder["home"]);
        Collecting.Logs.Collect(workspace, SharedFiles.Path($"cases/{name}"));
        var asNightly = new MiningOptions { Split = new SplitOptions { Seed = 17 } };
        return new Miner(Logged.CountTokens, new WordTokenizer().Chat, asNightly).Run(workspace.Episodes.Read());
    }

    [TestCase("C01-control")]
    [TestCase("C01-labelled")]
    public void C01_a_notice_that_opens_all_tasks_does_not_make_them_one(string name)
    {
        var report = Mine(name).Report;

        (report.TaskGroups, report.TrainTasks, report.HoldoutTasks, report.Patterns).ShouldBe((5, 3, 2, 1));
    }

    [Test]
    public void D01_a_session_and_its_fork_stand_on_one_side_of_the_split()
    {
        var split = Mine("D01-forks").Split;

        var sides = split.Tasks.GroupBy(t => t.Key.Replace("-fork", ""), t => t.Value).ToList();
        sides.Count.ShouldBeGreaterThan(1);
        sides.ShouldAllBe(s => s.Distinct().Count() == 1);
        split.Tasks.Values.Distinct().ShouldBe([Split.Train, Split.Holdout], ignoreOrder: true);
    }
}
