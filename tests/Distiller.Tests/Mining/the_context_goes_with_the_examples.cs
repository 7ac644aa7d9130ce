using Distiller.Mining;
using Distiller.Mining.Contexts;
using Distiller.Tests.Examples;

namespace Distiller.Tests.Mining;

[TestFixture]
internal sealed class the_context_goes_with_the_examples
{
    private static Episode InShop(int number, bool hasSystem = false)
    {
        var turns = new List<Turn>();
        if (hasSystem)
        {
            turns.Add(new Turn(TurnRole.System, "The long policy."));
        }

        turns.Add(new Turn(TurnRole.User, $"mend part {number}"));
        turns.Add(
            new Turn(TurnRole.Assistant, "") { ToolCalls = [new ToolCall("c", "Bash", """{"command":"make test"}""")] }
        );
        turns.Add(new Turn(TurnRole.Tool, "ok") { ToolCallId = "c" });
        turns.Add(new Turn(TurnRole.Assistant, $"done {number}"));
        return EpisodeJson.Identify(
            Logged.Of($"agent/s{number}", $"s{number}", OutcomeKind.Succeeded, null, [.. turns]) with
            {
                Session = new Session($"s{number}") { Project = "~/shop" },
            }
        );
    }

    private static MiningResult Mine(ProjectRules rules, params Episode[] episodes) =>
        new Miner(Logged.CountTokens, new WordTokenizer().Chat, sources: new MiningSources { Rules = rules }).Run(
            episodes
        );

    [Test]
    public void the_system_message_where_the_log_has_it()
    {
        var mined = Mine(
            new ProjectRules("Be kind.", ProjectRules.None.Found),
            [.. Enumerable.Range(0, 6).Select(i => InShop(i, true))]
        );

        mined.Contexts.ShouldHaveSingleItem().Text.ShouldBe("The long policy.");
        mined.Contexts[0].Source.ShouldBe(TeacherContext.System);
        mined.Train.Examples.Concat(mined.Holdout.Examples).ShouldAllBe(e => e.ContextId == mined.Contexts[0].Id);
    }

    [Test]
    public void the_projects_rules_and_its_imprint_where_it_has_not()
    {
        var rules = new ProjectRules(null, new Dictionary<string, string> { ["~/shop"] = "# Shop\nBe kind." });
        Episode[] episodes = [.. Enumerable.Range(0, 12).Select(i => InShop(i))];

        var both = Mine(rules, episodes).Contexts.ShouldHaveSingleItem();
        var imprint = Mine(ProjectRules.None, episodes).Contexts.ShouldHaveSingleItem();

        both.Source.ShouldBe(TeacherContext.RulesAndImprint);
        both.Text.ShouldStartWith("# Shop\nBe kind.\n\n- Run tests with `make test`");
        imprint.Source.ShouldBe(TeacherContext.Imprint);
    }

    [Test]
    public void nothing_is_told_where_nothing_is_known()
    {
        var mined = Mine(ProjectRules.None, InShop(1), InShop(2));
        mined.Contexts.ShouldBeEmpty();
        mined.Train.Examples.ShouldAllBe(e => e.ContextId == "");
    }

    [Test]
    public void rules_are_found_in_the_projects_folder_and_scrubbed()
    {
        using var home = new TemporaryFolder();
        var folder = Directory.CreateDirectory(Path.Combine(home.Path, "shop")).FullName;
        File.WriteAllText(Path.Combine(folder, "CLAUDE.md"), "Use make. password=hunter2xyz");
        string[] projects = ["/home/ada/shop", "~/none", "/etc", "/home/ada/../../etc"];

        var rules = ProjectRules.Read(null, projects, home.Path, t => t.Replace("hunter2xyz", "[password-1]"));

        rules.Found.ShouldHaveSingleItem();
        rules.Of("~/shop").ShouldBe("Use make. password=[password-1]");
        rules.Of("~/none").ShouldBeNull();
        File.WriteAllText(Path.Combine(folder, "AGENTS.md"), "Agents first.");
        var again = ProjectRules.Read(null, projects, home.Path, t => t);
        again.Of("~/shop").ShouldBe("Agents first.");
        again.Hash.ShouldNotBe(rules.Hash);
    }

    [TestCase("", "1 to 262144 can stand")]
    [TestCase("   \n", "holds no text")]
    [TestCase("a\0b", "holds no text")]
    [TestCase("\u00ff", "no UTF-8")]
    public void a_named_file_that_is_no_text_is_refused(string bytes, string reason)
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "rules.md");
        File.WriteAllBytes(path, System.Text.Encoding.Latin1.GetBytes(bytes));

        var error = Should.Throw<BadInputException>(() => ProjectRules.Read(path, [], "/", t => t));

        error.Place.File.ShouldBe(path);
        error.Message.ShouldContain(reason);
        Should.Throw<BadInputException>(() => ProjectRules.Read(path + "x", [], "/", t => t));
    }
}
