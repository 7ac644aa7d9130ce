using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats;

/// <summary>
/// A kind of agent log and all that is known of it: how it is recognised, how it becomes episodes, what its usage numbers
/// mean, and when two records tell of the same episode. A new one is a folder with a class that derives from this (or
/// from <see cref="RecordFormat"/>), and its line in <see cref="LogFormats.All"/>.
/// </summary>
public abstract class LogFormat
{
    private protected LogFormat() { }

    /// <summary>As episodes, reports and the quarantine carry it. It is stored, so it can never change.</summary>
    public abstract string Name { get; }

    /// <summary>What users call such logs, in the plural.</summary>
    public abstract string Title { get; }

    /// <summary>
    /// What makes an episode, and what identifies it: <see cref="Episode.Key"/>. Where an episode is many records, they
    /// are its <see cref="EpisodeSource.Records"/>, and the ids of its requests must be unique over all episodes.
    /// </summary>
    public abstract string Identity { get; }

    /// <summary>Where <see cref="Episode.Outcome"/> comes from.</summary>
    public abstract string OutcomeSource { get; }

    /// <summary>What the log tells of tokens, and how its numbers become the four additive classes of <see cref="Usage"/>.</summary>
    public abstract string UsageConvention { get; }

    /// <summary>How its files may be divided into records.</summary>
    internal abstract IReadOnlyList<RecordLayout> Layouts { get; }

    /// <summary>
    /// Members that its records have: by them a file of no known format is told which one it is nearest to and what it lacks.
    /// </summary>
    internal abstract IReadOnlyList<string> Members { get; }

    /// <summary>Whether a record, which is a JSON object, can only be of this format.</summary>
    internal abstract bool Recognizes(JsonElement record);

    /// <summary>
    /// Whether a record is of a file that the agent keeps beside its sessions (an index, a state): in a folder it is noise.
    /// </summary>
    internal virtual bool IsBeside(JsonElement record) => false;

    /// <summary>Whether a database with these tables can only be of this format.</summary>
    internal virtual bool Recognizes(DatabaseTables tables) => false;

    /// <summary>Puts every record of a file into the collection: as (part of) an episode, a duplicate, or refused.</summary>
    /// <param name="layout">The one of <see cref="Layouts"/> in which it was recognised.</param>
    /// <param name="stream">At the file's beginning.</param>
    internal abstract void Read(Collection collection, SourceFile file, RecordLayout layout, Stream stream);
}
