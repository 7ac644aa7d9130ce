using Distiller.Opsdesk;
using Distiller.Pretraining.Tokenizing;
using Distiller.Tests.Opsdesk;

namespace Distiller.Tests.Tokenizing;

/// <summary>Handbooks of a few companies and calls by their rules, and a vocabulary learned from them.</summary>
internal static class DeskCorpus
{
    public static IReadOnlyList<string> Texts { get; } = [.. Enumerable.Range(1, 4).SelectMany(TextsOf)];

    public static BpeVocabulary Vocabulary { get; } =
        BpeTrainer.Train(Texts, new BpeTrainerOptions { VocabularySize = 800 });

    private static IEnumerable<string> TextsOf(int seed)
    {
        var handbook = Company.Generate(new CompanyOptions { Seed = seed }).Handbook;
        return [DeskPrompt.Verbose(handbook), .. handbook.Rules.SelectMany(r => r.Actions).Select(DeskBench.Say)];
    }
}
