using System.Text.Json;
using Distiller.Evaluation;

namespace Distiller.Opsdesk.Nights;

/// <summary>A ticket as it was worked, for people who ask why one was not solved: one line of the transcripts.</summary>
/// <param name="Plan">What the handbook asks for.</param>
public sealed record DeskTranscript(
    string TaskId,
    string Family,
    string Stratum,
    bool Solved,
    string Reason,
    string Detail,
    string Plan,
    IReadOnlyList<Turn> Turns
)
{
    /// <summary>Writes the file whole or not at all.</summary>
    public static void Write(string path, OpsdeskTasks tasks, TrialMeasurement measured) =>
        AtomicFile.Write(
            path,
            file =>
            {
                foreach (var transcript in Of(tasks, measured))
                {
                    JsonSerializer.Serialize(file, transcript, EpisodeJson.Options);
                    file.WriteByte((byte)'\n');
                }
            }
        );

    private static IEnumerable<DeskTranscript> Of(OpsdeskTasks tasks, TrialMeasurement measured)
    {
        var answers = measured.Requests.ToLookup(r => r.TaskId, r => r.Answer);
        foreach (var (task, row) in tasks.Tasks.Zip(measured.Rows))
        {
            var system = measured.Arms[0].IsVerbose ? tasks.VerboseSystem(task) : tasks.ShortSystem(task);
            var result = tasks.Replay(task, system, answers[task.Id]);
            yield return new DeskTranscript(
                task.Id,
                task.Family,
                task.Stratum,
                row.Solved,
                row.Reason,
                row.Detail,
                result.Ticket.Rule.Entry,
                // The handbook is the same in every line and is shown by 'opsdesk show'.
                [.. result.Turns.Skip(1)]
            );
        }
    }
}
