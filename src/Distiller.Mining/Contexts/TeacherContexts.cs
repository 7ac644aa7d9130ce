using System.Security.Cryptography;
using System.Text;

namespace Distiller.Mining.Contexts;

/// <summary>
/// The verbose context that an agent carries in a task, and that the weights shall replace: the system message where the log
/// has it, else the project's rules and the imprint of its past tasks. It stands with each training example as the teacher's
/// context, and the evaluation counts its tokens before the adapter.
/// </summary>
/// <param name="imprintOf">The imprint of a project, as a section; empty for none.</param>
public sealed class TeacherContexts(ProjectRules rules, Func<string, string> imprintOf)
{
    private readonly SortedDictionary<string, TeacherContext> _known = new(StringComparer.Ordinal);

    /// <summary>Those that were asked for, by id.</summary>
    public IReadOnlyCollection<TeacherContext> Known => _known.Values;

    /// <returns>Null where there is nothing that could be moved into the weights.</returns>
    public TeacherContext? Of(Episode task)
    {
        var system = string.Join(
            "\n\n",
            task.Turns.Where(t => t.Role == TurnRole.System && t.Text.Length > 0).Select(t => t.Text)
        );
        var (source, text) = system.Length > 0 ? (TeacherContext.System, system) : Written(task.Session?.Project);
        if (text.Length == 0)
        {
            return null;
        }

        var context = new TeacherContext(IdOf(text), source, text);
        _known[context.Id] = context;
        return context;
    }

    private (string Source, string Text) Written(string? project)
    {
        var (own, imprint) = (rules.Of(project) ?? "", imprintOf(project ?? ""));
        return (
            (own.Length, imprint.Length) switch
            {
                (> 0, > 0) => TeacherContext.RulesAndImprint,
                (> 0, _) => TeacherContext.Rules,
                _ => TeacherContext.Imprint,
            },
            string.Join("\n\n", new[] { own, imprint }.Where(t => t.Length > 0))
        );
    }

    private static string IdOf(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];
}

/// <summary>A row of <c>contexts.parquet</c>.</summary>
/// <param name="Id">The first 16 hex digits of a SHA-256 over the text.</param>
/// <param name="Source">Where it comes from.</param>
public sealed record TeacherContext(string Id, string Source, string Text)
{
    public const string System = "system message";
    public const string Rules = "project rules";
    public const string Imprint = "imprint";
    public const string RulesAndImprint = "project rules and imprint";
}
