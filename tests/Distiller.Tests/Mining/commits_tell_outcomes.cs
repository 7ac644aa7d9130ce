using Distiller.Mining.Digesting;
using Distiller.Mining.Outcomes;
using Distiller.Mining.Repositories;
using LibGit2Sharp;
using Repository = LibGit2Sharp.Repository;
using RepositoryOptions = Distiller.Mining.Repositories.RepositoryOptions;

namespace Distiller.Tests.Mining;

[TestFixture]
internal sealed class commits_tell_outcomes
{
    private static readonly DateTimeOffset Start = new(2026, 5, 1, 9, 0, 0, TimeSpan.Zero);
    private TemporaryFolder _folder = null!;
    private Repository _repository = null!;

    private string Clone => Path.Combine(_folder.Path, "shop");

    [SetUp]
    public void Begin()
    {
        _folder = new TemporaryFolder();
        Repository.Init(Clone);
        _repository = new Repository(Clone);
        Commit("begin", 0, ("README.md", "# Shop\n"));
    }

    [TearDown]
    public void End()
    {
        _repository.Dispose();
        _folder.Dispose();
    }

    private string Commit(string message, double hours, params (string File, string Text)[] files)
    {
        foreach (var (file, text) in files)
        {
            File.WriteAllText(Path.Combine(Clone, file), text);
            Commands.Stage(_repository, file);
        }

        var by = new Signature("ada", "ada@example.org", Start.AddHours(hours));
        return _repository.Commit(message, by, by, new CommitOptions { AllowEmptyCommit = true }).Sha;
    }

    /// <summary>A task that changed a file, in a session of the clone's name.</summary>
    private static EpisodeDigest Task(double hours, string file = "cart.go", string project = "~/code/shop")
    {
        var arguments = System.Text.Json.JsonSerializer.Serialize(new { file_path = file });
        var episode = Logged.Of(
            $"t{hours}",
            $"k{hours}",
            OutcomeKind.Unknown,
            Start.AddHours(hours),
            new Turn(TurnRole.User, "mend the cart"),
            new Turn(TurnRole.Assistant, "")
            {
                ToolCalls = [new ToolCall("c", "Edit", arguments)],
                Time = Start.AddHours(hours),
            },
            new Turn(TurnRole.Tool, "ok") { ToolCallId = "c" },
            new Turn(TurnRole.Assistant, "done")
        );
        return Digested.Of([episode with { Session = new Session($"s{hours}") { Project = project } }])[0];
    }

    private Evidence? Of(EpisodeDigest task)
    {
        using var history = RepositoryHistory.Open(Clone);
        return new RepositoryEvidence(history, new RepositoryOptions()).Of([task]).GetValueOrDefault(task.Id);
    }

    private const string Work = "package cart\n\nfunc Total() int {\n\treturn price * count\n}\n";

    [Test]
    public void a_commit_that_stood_is_a_success()
    {
        Commit("total of the cart", 2, ("cart.go", Work));
        Of(Task(1)).ShouldBeNull(customMessage: "it has not stood yet");
        Commit("else", 24 * 4, ("README.md", "# The shop\n"));

        Of(Task(1)).ShouldBe(new Evidence(RepositoryEvidence.Stood, OutcomeKind.Succeeded, 0.9, Direct: true));
    }

    [Test]
    public void a_commit_that_was_reverted_or_written_over_is_a_failure()
    {
        var sha = Commit("total of the cart", 2, ("cart.go", Work));
        Commit("desk", 30, ("desk.go", Work));
        Commit("all new", 40, ("desk.go", "package desk\n\nvar Everything = other(things)\n"));
        Commit($"Revert \"total of the cart\"\n\nThis reverts commit {sha}.", 50, ("cart.go", "package cart\n"));
        Commit("else", 24 * 6, ("README.md", "# The shop\n"));

        Of(Task(1))!.Source.ShouldBe(RepositoryEvidence.Reverted);
        Of(Task(29, "desk.go"))!.Source.ShouldBe(RepositoryEvidence.Rewritten);
    }

    [Test]
    public void what_was_not_committed_or_elsewhere_says_nothing()
    {
        Commit("total of the cart", 2, ("cart.go", Work));
        Commit("else", 24 * 9, ("README.md", "# The shop\n"));

        Of(Task(1, "other.go")).ShouldBeNull();
        Of(Task(3)).ShouldBeNull(customMessage: "the commit was made before it");
        Of(Task(1, project: "~/code/desk")).ShouldBeNull();
        var named = Task(1, project: "~/code/desk") with { Repository = "git@example.org:ada/shop.git" };
        Of(named).ShouldBeNull();
        _repository.Network.Remotes.Add("origin", "https://example.org/ada/shop");
        Of(named)!.Source.ShouldBe(RepositoryEvidence.Stood);
    }

    [Test]
    public void it_decides_what_teaches_before_the_transcript_and_after_a_person()
    {
        Commit("total of the cart", 2, ("cart.go", Work));
        Commit("else", 24 * 4, ("README.md", "# The shop\n"));
        using var history = RepositoryHistory.Open(Clone);
        var task = Task(1) with { Rule = "tests-fail", RuleOutcome = (int)OutcomeKind.Failed, RuleConfidence = 0.8 };

        var shown = new RepositoryEvidence(history, new RepositoryOptions()).Of([task])[task.Id];
        var labels = new Distiller.Mining.Labelling.TaskLabels([task]);

        labels
            .Of(
                task with
                {
                    Rule = shown.Source,
                    RuleOutcome = (int)shown.Says,
                    RuleConfidence = shown.Confidence,
                    RuleIsDirect = shown.Direct,
                }
            )
            .MayTeach.ShouldBeTrue();
        labels.Of(task).MayTeach.ShouldBeFalse();
    }

    [Test]
    public void a_bare_clone_and_another_branch_are_read_as_they_are()
    {
        Commit("total of the cart", 2, ("cart.go", Work));
        Commit("else", 24 * 4, ("README.md", "# The shop\n"));
        var bare = Path.Combine(_folder.Path, "shop.git");
        Repository.Clone(Clone, bare, new CloneOptions { IsBare = true });
        using (var history = RepositoryHistory.Open(bare))
        {
            history.Name.ShouldBe("shop");
            new RepositoryEvidence(history, new RepositoryOptions()).Of([Task(1)]).Count.ShouldBe(1);
        }

        Commands.Checkout(
            _repository,
            _repository.CreateBranch("old", _repository.Head.Tip.Parents.First().Parents.First())
        );
        Of(Task(1)).ShouldBeNull();
    }

    [Test]
    public void a_folder_that_is_no_repository_is_refused_with_a_remedy()
    {
        var error = Should.Throw<BadInputException>(() =>
            RepositoryHistory.Open(Path.Combine(_folder.Path, "nothing"))
        );
        error.Message.ShouldContain("There is no git repository");
        var empty = Path.Combine(_folder.Path, "empty");
        Repository.Init(empty);
        Should.Throw<BadInputException>(() => RepositoryHistory.Open(empty)).Message.ShouldContain("has no commit");
        var shallow = Path.Combine(_folder.Path, "broken");
        Repository.Clone(Clone, shallow);
        foreach (
            var file in Directory.EnumerateFiles(
                Path.Combine(shallow, ".git", "objects"),
                "*",
                SearchOption.AllDirectories
            )
        )
        {
            File.SetAttributes(file, FileAttributes.Normal);
            File.Delete(file);
        }

        Should.Throw<BadInputException>(() =>
        {
            using var history = RepositoryHistory.Open(shallow);
            history.Changes(Start, Start.AddDays(1));
        });
    }
}
