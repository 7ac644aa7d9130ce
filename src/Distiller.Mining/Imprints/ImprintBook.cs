using System.Globalization;
using Distiller.Mining.Cards;

namespace Distiller.Mining.Imprints;

/// <summary>What people decided on cards: <c>imprint-reviews.jsonl</c> in the workspace (see <see cref="DecisionBook{T}"/>).</summary>
public sealed class ImprintBook(string home, TimeProvider time)
{
    public const string FileName = "imprint-reviews.jsonl";

    /// <summary>In the artifact of a mining: a list of <see cref="Card"/>, the most useful first.</summary>
    public const string CardsFile = "cards.json";
    private const int ByCharsMax = 200;
    private const int TextCharsMax = 500;
    private const int IdCharsMin = 4;

    private readonly DecisionBook<CardReview> _book = new(Path.Combine(home, FileName), "review of a card", time);

    /// <summary>The minings that have cards, the newest first.</summary>
    public IReadOnlyList<Artifact> Minings()
    {
        if (!Directory.Exists(home))
        {
            return [];
        }

        using var workspace = Workspace.OpenReadOnly(home);
        return
        [
            .. workspace
                .Artifacts.List(ArtifactKind.Mined)
                .Where(a => a.Manifest.Files.Any(f => f.Name == CardsFile))
                .OrderByDescending(a => a.Manifest.Created),
        ];
    }

    public static IReadOnlyList<Card> ReadCards(Artifact mined) => mined.ReadJson<IReadOnlyList<Card>>(CardsFile);

    /// <exception cref="BadInputException">Nothing was mined yet.</exception>
    public Artifact Newest() =>
        Minings() is [var newest, ..]
            ? newest
            : throw Bad(
                "The workspace holds no mining with cards.",
                "Run 'distiller mine' or 'distiller nightly' first."
            );

    /// <summary>Cards of the newest mining, the most useful first.</summary>
    /// <exception cref="BadInputException">Nothing was mined yet.</exception>
    public IReadOnlyList<Card> Cards() => ReadCards(Newest());

    /// <summary>Every decision ever made, the oldest first.</summary>
    /// <exception cref="BadInputException">The file is damaged; the line is named.</exception>
    public IReadOnlyList<CardReview> History() => _book.History();

    /// <summary>The decisions that count, by card.</summary>
    /// <exception cref="BadInputException">The file is damaged.</exception>
    public IReadOnlyDictionary<string, CardReview> Current()
    {
        var current = new Dictionary<string, CardReview>(StringComparer.Ordinal);
        foreach (var review in History())
        {
            current[review.Card] = review;
        }

        return current
            .Where(r => r.Value.Decision != CardDecision.None)
            .ToDictionary(r => r.Key, r => r.Value, StringComparer.Ordinal);
    }

    /// <summary>Writes a decision down.</summary>
    /// <param name="id">A card's id, or its first four characters or more.</param>
    /// <param name="text">What its line shall say, in one line; null or blank: as mined.</param>
    /// <exception cref="BadInputException">No card or several begin so, an argument is too long, or the file is damaged.</exception>
    public CardReview Decide(string id, CardDecision decision, string by, string? text = null)
    {
        var found =
            id.Length < IdCharsMin ? [] : Cards().Where(c => c.Id.StartsWith(id, StringComparison.Ordinal)).ToList();
        if (found.Count != 1)
        {
            throw Bad(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{found.Count} cards of the newest mining begin with '{id}'."
                ),
                $"'distiller imprint list' shows their ids; give {IdCharsMin} characters or more."
            );
        }

        var line = string.Join(' ', (text ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (string.IsNullOrWhiteSpace(by) || by.Length > ByCharsMax || line.Length > TextCharsMax)
        {
            throw Bad(
                "Who decides is not said, or the name or the text is too long.",
                $"Give a name of at most {ByCharsMax} characters and a text of at most {TextCharsMax}."
            );
        }

        // A comment that ends early would break the line's mark of where it comes from.
        var clean = line.Replace("-->", "->", StringComparison.Ordinal).Replace("<!--", "", StringComparison.Ordinal);
        var review = new CardReview(found[0].Id, decision, by, time.GetUtcNow(), clean.Length == 0 ? null : clean);
        _book.Add([review]);
        return review;
    }

    private BadInputException Bad(string reason, string remedy) =>
        new(new SourceLocation(_book.Path, 0), reason, remedy);
}
