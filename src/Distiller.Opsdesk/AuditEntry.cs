namespace Distiller.Opsdesk;

/// <summary>One call that the desk has carried out.</summary>
/// <param name="Step">1-based, refused calls counted as well.</param>
public sealed record AuditEntry(int Step, DeskAction Action)
{
    public bool Changes => DeskTool.Find(Action.Tool)!.Changes;

    public override string ToString() => $"{Step} {Action}";
}
