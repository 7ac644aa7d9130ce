using Distiller.Lake;
using Distiller.Lake.Catalog;
using Distiller.Mining.Labelling;
using Distiller.Mining.Outcomes;
using Distiller.Mining.Reducing;
using Distiller.Mining.Repositories;
using Distiller.Mining.Tasks;

namespace Distiller.Tests.Storing;

/// <summary>Lists, filters and counts follow all that is known of an outcome, and not the log's own word alone.</summary>
internal sealed class lists_tell_how_episodes_ended
{
    private TemporaryFolder _folder = null!;
    private Workspace _workspace = null!;
    private Episode _session = null!;
    private Episode _logged = null!;

    [SetUp]
    public void Store()
    {
        _folder = new TemporaryFolder();
        _workspace = Workspace.Open(_folder["home"]);
        using (var batch = _workspace.Episodes.BeginBatch())
        {
            batch.Append(Tested("mend the cart in cart.go"));
            batch.Append(Sample.Episode("logged"));
            batch.Commit();
        }

        // Ids are those of the stored form.
        _session = _workspace.Episodes.Read().Single(e => e.Key == "session");
        _logged = _workspace.Episodes.Read().Single(e => e.Key == "logged");
    }

    [TearDown]
    public void Clear()
    {
        _workspace.Dispose();
        _folder.Dispose();
    }

    [Test]
    public void by_the_rules_on_the_transcript_where_the_log_says_nothing()
    {
        using var catalog = Catalog();
        var found = catalog.List(new EpisodeFilter(Outcome: OutcomeKind.Succeeded)).Episodes;

        found.Count.ShouldBe(2);
        found
            .Single(e => e.Id == _session.Id)
            .Outcome.ShouldBe(new Outcome(OutcomeKind.Succeeded, "tests-pass", null, 0.9));
        found.Single(e => e.Id != _session.Id).Outcome.ShouldBe(new Outcome(OutcomeKind.Succeeded, "test", 0.5));
        catalog.Count().Succeeded.ShouldBe(2);
        catalog.Days().Sum(d => d.Unknown).ShouldBe(0);
        using var plain = new EpisodeCatalog(_folder["home"]);
        plain.Count().Succeeded.ShouldBe(1, "the log alone tells of one");
    }

    [Test]
    public async Task by_a_persons_word_as_soon_as_it_is_said()
    {
        using var catalog = Catalog();
        catalog.Count().Failed.ShouldBe(0);
        new LabelBook(_folder["home"], TimeProvider.System).Add([
            new PersonLabel(
                _session.Format,
                _session.Tenant,
                _session.Key,
                OutcomeKind.Failed,
                "mia",
                DateTimeOffset.UnixEpoch
            ),
        ]);
        await catalog.RefreshAsync();

        catalog.List(new EpisodeFilter(Outcome: OutcomeKind.Failed)).Episodes.Single().Id.ShouldBe(_session.Id);
        catalog.Count().Succeeded.ShouldBe(1);
    }

    [Test]
    public void by_what_the_nights_keep_which_is_not_judged_again()
    {
        // As of a night with rules of its own.
        _workspace.Kept.Make(KeptOutcome.Name, new { }, Reduced("own-rule"), KeptOutcome.ReadReduced);
        using var catalog = Catalog();
        catalog.Find(_session.Id.Value)!.Outcome.Judge.ShouldBe("own-rule");
    }

    [Test]
    public void by_what_the_repository_showed_at_the_last_mining_before_the_rules_and_after_the_log()
    {
        var reverted = new Evidence(RepositoryEvidence.Reverted, OutcomeKind.Failed, 0.9, Direct: true);
        var evidence = new Dictionary<string, Evidence>(StringComparer.Ordinal)
        {
            [_session.Id.Value] = reverted,
            [_logged.Id.Value] = reverted,
        };
        var draft = _workspace.Artifacts.Begin(ArtifactKind.Mined, new ArtifactRecipe("mine", "1", new { }, 0, []));
        ParquetTable.Write(draft[RepositoryVerdict.FileName], RepositoryVerdict.Of(evidence));
        draft.Commit();

        using var catalog = Catalog();
        catalog
            .Find(_session.Id.Value)!
            .Outcome.ShouldBe(new Outcome(OutcomeKind.Failed, RepositoryEvidence.Reverted, null, 0.9));
        catalog.Find(_logged.Id.Value)!.Outcome.Judge.ShouldBe("test");
        var task = Outcomes().Tasks().Of(_session).Single();
        task.Evidence.Select(e => e.Source).ShouldBe([RepositoryEvidence.Reverted, "tests-pass"]);
        task.Outcome.Kind.ShouldBe(OutcomeKind.Failed);
    }

    private WorkspaceOutcomes Outcomes() => new(_folder["home"], OutcomeRules.Default, TimeProvider.System);

    private EpisodeCatalog Catalog() => new(_folder["home"], outcomes: Outcomes().Episodes());

    /// <summary>The store's part as a night reduces it, with another name of the rule.</summary>
    private IReadOnlyList<string> Reduced(string rule) =>
        _workspace.Kept.Make(
            "reduced",
            new { rule },
            _workspace.Episodes.Parts(),
            part =>
                EpisodeFile
                    .Read(part)
                    .SelectMany(new TaskJudge(OutcomeRules.Default).Judge)
                    .Select(t =>
                        ReducedEpisodeRow.Of(
                            new ReducedEpisode(
                                t.Task.Id == _session.Id
                                    ? t.Task with
                                    {
                                        Outcome = t.Task.Outcome with { Judge = rule },
                                    }
                                    : t.Task,
                                []
                            ),
                            t.Evidence
                        )
                    )
        );

    /// <summary>A session whose tests pass after its edit.</summary>
    private static Episode Tested(string request) =>
        EpisodeJson.Identify(
            Sample.Episode("session") with
            {
                Outcome = Outcome.Unknown,
                Session = new Session("session"),
                Turns =
                [
                    new Turn(TurnRole.User, request),
                    Call("c1", "Edit", """{"file_path":"cart.go","old_string":"a","new_string":"b"}"""),
                    new Turn(TurnRole.Tool, "ok") { ToolCallId = "c1" },
                    Call("c2", "Bash", """{"command":"go test ./..."}"""),
                    new Turn(TurnRole.Tool, "ok  \tshop/cart\t0.01s") { ToolCallId = "c2" },
                    new Turn(TurnRole.Assistant, "The cart is mended."),
                ],
            }
        );

    private static Turn Call(string id, string tool, string arguments) =>
        new(TurnRole.Assistant, "") { ToolCalls = [new ToolCall(id, tool, arguments)] };
}
