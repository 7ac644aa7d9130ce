using System.ComponentModel.DataAnnotations;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Distiller.Core.Settings;
using Distiller.Mining.Contexts;
using Distiller.Mining.Digesting;

namespace Distiller.Mining.Examples;

/// <summary>Makes the trainer's rows from reduced successful episodes of one side of the split.</summary>
public sealed class ExampleBuilder
{
    /// <summary>A token is seldom longer.</summary>
    private const int CharsPerToken = 8;

    /// <summary>Of the conversations that are in memory at one time.</summary>
    private const long BlockCharsMax = 32L << 20;

    private readonly Func<IReadOnlyList<ChatMessage>, (int[] Tokens, bool[] AssistantMask)> _tokenize;
    private readonly ExampleOptions _options;
    private readonly Func<Episode, IReadOnlySet<int>> _untaught;
    private readonly Func<EpisodeDigest, string> _kindOf;
    private readonly TeacherContexts? _contexts;
    private readonly Func<string, string> _sameAs;

    /// <param name="tokenizeChat">
    /// Applies the base's chat template: T tokens and T flags, true on what the assistant says.
    /// </param>
    /// <param name="untaught">Indices of an episode's turns that are not to be taught; they stay as context.</param>
    /// <param name="sameAs">For a task's name that of the task whose successes it weighs with; null: its own.</param>
    /// <param name="contexts">Give each row's verbose context; null: rows have none.</param>
    /// <param name="kindOf">The same for episodes that were asked nearly the same; null: those of one task.</param>
    public ExampleBuilder(
        Func<IReadOnlyList<ChatMessage>, (int[] Tokens, bool[] AssistantMask)> tokenizeChat,
        ExampleOptions? options = null,
        Func<Episode, IReadOnlySet<int>>? untaught = null,
        Func<EpisodeDigest, string>? kindOf = null,
        TeacherContexts? contexts = null,
        Func<string, string>? sameAs = null
    )
    {
        _contexts = contexts;
        _sameAs = sameAs ?? (task => task);
        _kindOf = kindOf ?? (d => d.TaskId);
        _tokenize = tokenizeChat;
        _untaught = untaught ?? (_ => new HashSet<int>());
        _options = options ?? new ExampleOptions();
        OptionsCheck.Require(_options);
    }

    /// <param name="teaching">Of successful episodes, each with an assistant turn.</param>
    /// <param name="read">Gives whole reduced episodes, in any order; asked for as many as the budget may need.</param>
    public ExampleSet Build(
        IEnumerable<EpisodeDigest> teaching,
        Func<IReadOnlyCollection<EpisodeId>, IEnumerable<Episode>> read
    )
    {
        var tally = new Tally();
        var known = new HashSet<string>(StringComparer.Ordinal);
        var taken = new List<Taken>();
        var drawn = Drawn(teaching);
        var looked = 0;
        foreach (var episode in Whole(drawn, read))
        {
            var cut = Cut(episode, known);
            if (cut.Windows.Count > 0 && taken.Count > 0 && tally.Tokens + cut.Tokens > _options.TrainTokensMax)
            {
                break;
            }

            looked++;
            tally.Add(cut, known);
            if (cut.Windows.Count > 0)
            {
                taken.Add(cut);
            }
        }

        var examples = Weighed(taken);
        return new ExampleSet(
            examples,
            [.. drawn.Take(looked).Select(e => e.EpisodeId)],
            new ExampleReport
            {
                Episodes = taken.Count,
                BeyondBudget = drawn.Count - looked,
                Windows = examples.Count,
                Repeated = tally.Repeated,
                Tokens = tally.Tokens,
                LossTokens = examples.Sum(e => (long)e.LossTokens),
                TruncatedTurns = tally.TruncatedTurns,
                ShortenedObservations = tally.ShortenedObservations,
                DroppedTurns = tally.DroppedTurns,
                WanderedTurns = tally.Wandered,
                BeyondBudgetTasks = drawn.Skip(looked).Select(e => e.TaskId).Distinct(StringComparer.Ordinal).Count(),
            },
            tally.Untaught
        );
    }

    /// <summary>
    /// The most valuable first, since the budget may end anywhere: those whose success is surest, then one of each kind of
    /// task before the second of any, then kinds that recur most; the rest is drawn from the seed. It does not depend on the
    /// order of the input.
    /// </summary>
    private List<EpisodeDigest> Drawn(IEnumerable<EpisodeDigest> teaching)
    {
        var drawn = teaching
            .Select(e => (Episode: e, Draw: HashOf(Encoding.UTF8.GetBytes($"{_options.Seed}\n{e.Id}"))))
            .OrderBy(e => e.Draw, StringComparer.Ordinal)
            .ThenBy(e => e.Episode.Id, StringComparer.Ordinal)
            .Select(e => e.Episode)
            .ToList();
        if (_options.TrainTokensMax is not null)
        {
            drawn =
            [
                .. drawn
                    .GroupBy(e => (e.LabelConfidence, Kind: _kindOf(e)))
                    .SelectMany(kind => kind.Select((e, rank) => (Episode: e, Rank: rank, Recurs: kind.Count())))
                    .OrderByDescending(e => e.Episode.LabelConfidence)
                    .ThenBy(e => e.Rank)
                    .ThenByDescending(e => e.Recurs)
                    .Select(e => e.Episode),
            ];
        }

        return [.. drawn.Take(_options.EpisodesMax ?? int.MaxValue)];
    }

    /// <summary>The drawn episodes in their order, read in blocks that hold what the budget can take, and seldom more.</summary>
    private IEnumerable<Episode> Whole(
        List<EpisodeDigest> drawn,
        Func<IReadOnlyCollection<EpisodeId>, IEnumerable<Episode>> read
    )
    {
        var chars = Math.Clamp(
            CharsPerToken * (_options.TrainTokensMax ?? long.MaxValue / CharsPerToken),
            1,
            BlockCharsMax
        );
        for (var first = 0; first < drawn.Count; )
        {
            var block = new List<EpisodeId>();
            for (var held = 0L; first < drawn.Count && held < chars; first++)
            {
                block.Add(drawn[first].EpisodeId);
                held += drawn[first].Chars;
            }

            var whole = read(block).ToDictionary(e => e.Id);
            foreach (var id in block)
            {
                yield return whole[id];
            }
        }
    }

    private Taken Cut(Episode episode, HashSet<string> known)
    {
        var skip = _untaught(episode);
        var wandered = _options.CutWandering ? Wandering.Of(episode) : new HashSet<int>();
        var asks = episode.Turns.Any(t => t.IsRequest);
        // A turn of nothing but hidden reasoning leaves an empty message that teaches nothing, and what the harness wrote in
        // the user's name is noise beside a request.
        var turns = episode
            .Turns.Select((Turn, Index) => (Turn, Index))
            .Where(t => !asks || t.Turn.Origin != TurnOrigin.Harness)
            .Where(t => !wandered.Contains(t.Index))
            .Where(t =>
                t.Turn.Role != TurnRole.Assistant
                || t.Turn.ToolCalls.Count > 0
                || !string.IsNullOrWhiteSpace(t.Turn.Text)
            )
            .ToList();
        var places = new List<int>();
        var messages = Conversation.ToMessages(_options.SystemLine, turns.Select(t => t.Turn), places);
        var silent = turns
            .Zip(places)
            .Where(p => p.First.Turn.Role == TurnRole.Assistant && skip.Contains(p.First.Index))
            .Select(p => p.Second)
            .ToHashSet();
        var cutter = new WindowCutter(messages, _options, _tokenize, silent);
        var windows = new List<(int Number, Window Window, string Hash)>();
        var own = new HashSet<string>(StringComparer.Ordinal);
        var all = cutter.Cut();
        for (var w = 0; w < all.Count; w++)
        {
            var hash = HashOf(all[w]);
            if (!known.Contains(hash) && own.Add(hash))
            {
                windows.Add((w, all[w], hash));
            }
        }

        return new Taken(
            episode.Id,
            episode.TaskId,
            windows.Count == 0 ? null : _contexts?.Of(episode),
            windows,
            all.Count - windows.Count,
            cutter.DroppedTurns,
            silent.Count,
            wandered.Count
        );
    }

    private List<TrainingExample> Weighed(List<Taken> taken)
    {
        var ofTask = taken
            .GroupBy(t => _sameAs(t.Task), StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal);
        var weight = taken.ToDictionary(t => t.Id, t => _options.WeighByTask ? 1.0 / ofTask[_sameAs(t.Task)] : 1.0);
        var rows = taken.Sum(t => t.Windows.Count);
        var sum = taken.OrderBy(t => t.Id).Sum(t => weight[t.Id] * t.Windows.Count);
        var scale = rows == 0 ? 1 : rows / sum; // Mean weight 1: the learning rate keeps its meaning.
        return
        [
            .. taken
                .OrderBy(t => t.Id)
                .SelectMany(t =>
                    t.Windows.Select(w => new TrainingExample(
                        w.Window.Tokens,
                        w.Window.LossMask,
                        (float)(weight[t.Id] * scale),
                        t.Id,
                        w.Number
                    )
                    {
                        TaskId = t.Task,
                        ContextId = t.Context?.Id ?? "",
                    })
                ),
        ];
    }

    private static string HashOf(Window window)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(MemoryMarshal.AsBytes<int>(window.Tokens));
        hash.AppendData(MemoryMarshal.AsBytes<bool>(window.LossMask));
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static string HashOf(byte[] bytes) => Convert.ToHexString(SHA256.HashData(bytes));

    private sealed record Taken(
        EpisodeId Id,
        string Task,
        TeacherContext? Context,
        IReadOnlyList<(int Number, Window Window, string Hash)> Windows,
        int Repeated,
        int DroppedTurns,
        int Untaught,
        int Wandered
    )
    {
        public long Tokens => Windows.Sum(w => (long)w.Window.Tokens.Length);
    }

    private sealed class Tally
    {
        public long Tokens { get; private set; }
        public int Repeated { get; private set; }
        public int TruncatedTurns { get; private set; }
        public int ShortenedObservations { get; private set; }
        public int DroppedTurns { get; private set; }
        public int Untaught { get; private set; }
        public int Wandered { get; private set; }

        public void Add(Taken taken, HashSet<string> known)
        {
            Tokens += taken.Tokens;
            Repeated += taken.Repeated;
            DroppedTurns += taken.DroppedTurns;
            Untaught += taken.Untaught;
            Wandered += taken.Wandered;
            foreach (var (_, window, hash) in taken.Windows)
            {
                known.Add(hash);
                TruncatedTurns += window.IsTruncated ? 1 : 0;
                ShortenedObservations += window.IsShortened ? 1 : 0;
            }
        }
    }
}

public sealed record ExampleOptions
{
    /// <summary>The student's whole prompt. The verbose policy is not in it: that is what goes into the weights.</summary>
    [Setting("system", "The one line that replaces the verbose context")]
    public string SystemLine { get; init; } = "You are a careful agent. Use the tools.";

    [Setting("max-sequence", "Tokens of one training row; longer episodes are cut into windows")]
    [Range(64, 32_768)]
    public int SequenceTokensMax { get; init; } = 1024;

    /// <summary>Tokens of all examples; whole episodes are taken until they are used up. Null for no limit.</summary>
    [Range(1.0, double.MaxValue)]
    public long? TrainTokensMax { get; init; }

    /// <summary>Episodes at most, drawn by the seed; null for no limit. Set from <see cref="MiningOptions.HoldoutEpisodesMax"/>, which stands in recipes.</summary>
    [JsonIgnore]
    [Range(1, int.MaxValue)]
    public int? EpisodesMax { get; init; }

    /// <summary>
    /// Share of a window after the first that what came before its first target may take. The rest is for
    /// targets, so that long conversations do not repeat their context for every turn.
    /// </summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public double ContextShare { get; init; } = 0.5;

    /// <summary>Weighs an episode by one over the successes of its task, so that an easy task does not dominate.</summary>
    public bool WeighByTask { get; init; } = true;

    /// <summary>Leaves out turns that led nowhere (see <see cref="Wandering"/>); what is measured keeps them.</summary>
    public bool CutWandering { get; init; } = true;

    /// <summary>Draws the order in which episodes of equal value are taken until the budget is reached.</summary>
    public long Seed { get; init; } = 1;
}

/// <summary>What became of the episodes.</summary>
public sealed record ExampleReport
{
    /// <summary>Episodes that gave at least one example.</summary>
    public required int Episodes { get; init; }

    /// <summary>Successful episodes left out because the token budget was used up, or because others were drawn.</summary>
    public required int BeyondBudget { get; init; }

    /// <summary>Examples.</summary>
    public required int Windows { get; init; }

    /// <summary>Windows left out because another example has the very same tokens and mask.</summary>
    public required int Repeated { get; init; }

    public required long Tokens { get; init; }

    /// <summary>Tokens that carry loss.</summary>
    public required long LossTokens { get; init; }

    /// <summary>Assistant turns too long for a window: their beginning is kept, their end teaches nothing.</summary>
    public required int TruncatedTurns { get; init; }

    /// <summary>Observations shortened from their head so that the turn that answers them fits.</summary>
    public required int ShortenedObservations { get; init; }

    /// <summary>Turns left out because they led nowhere and did not matter; see <see cref="Wandering"/>.</summary>
    public int WanderedTurns { get; init; }

    /// <summary>Distinct tasks of <see cref="BeyondBudget"/>.</summary>
    public int BeyondBudgetTasks { get; init; }

    /// <summary>Assistant turns left out because not even their observation's end left room for them.</summary>
    public required int DroppedTurns { get; init; }
}

/// <summary>Rows for the trainer, by episode and window.</summary>
/// <param name="Episodes">Those that were looked at: within the budget.</param>
/// <param name="UntaughtTurns">Assistant turns of the episodes looked at that teach nothing because they follow a rejected procedure.</param>
public sealed record ExampleSet(
    IReadOnlyList<TrainingExample> Examples,
    IReadOnlyList<EpisodeId> Episodes,
    ExampleReport Report,
    int UntaughtTurns = 0
);
