using System.ComponentModel.DataAnnotations;
using Distiller.Core.Settings;

namespace Distiller.Study;

/// <summary>How much is learnt from the documents that stand in the prompt, beside what the logs show.</summary>
public sealed record StudyOptions
{
    /// <summary>The rest is for logged successes. Where less is made, the logs do not get more.</summary>
    [Setting("study-share", "Share of the training tokens made from the documents in the prompt; 0 for none")]
    [Range(0.0, 0.9)]
    public double Share { get; init; } = 0.4;

    [Setting("study-requests", "Requests made for one entry of a document")]
    [Range(1, 1000)]
    public int RequestsPerEntry { get; init; } = 12;

    /// <summary>
    /// See <see cref="ReadingPrompts"/>. None by default: at 0.6 the sample company's adapter still solved 17 of 100 tickets
    /// under changed rules with the changed entries in its prompt.
    /// </summary>
    [Setting("study-reading", "Share of what is made that has entries in its prompt, so that the adapter still reads")]
    [Range(0.0, 0.9)]
    public double ReadingShare { get; init; }

    /// <summary>A longer answer is not used.</summary>
    [Range(1, 4096)]
    public int AnswerTokensMax { get; init; } = 192;

    /// <summary>Entries in the teacher's second prompt.</summary>
    [Range(1, 100)]
    public int EntriesShown { get; init; } = 5;

    /// <summary>Logged successes that the teacher must answer before it teaches.</summary>
    [Range(1, 10_000)]
    public int Checked { get; init; } = 40;

    /// <summary>
    /// Share of them that it must answer as they were: below, its other answers are not to be trusted either.
    /// </summary>
    [Range(0.0, 1.0)]
    public double AgreementMin { get; init; } = 0.8;

    /// <summary>Draws which requests are made.</summary>
    public long Seed { get; init; } = 1;
}
