using Distiller.Core;
using Distiller.EdgeServer.Recording;
using Microsoft.AspNetCore.Http;

namespace Distiller.EdgeServer.OpenAi;

/// <summary>
/// <c>POST /v1/outcomes</c>: how a conversation ended, as <c>{"id": …, "outcome": "succeeded" or "failed", "judge": …,
/// "note": …}</c>. The next night learns from it.
/// </summary>
internal sealed class OutcomeEndpoint(EpisodeRecorder? recorder)
{
    private const int IdCharsMax = 256;
    private const int JudgeCharsMax = 64;
    private const int NoteCharsMax = 4096;
    private const string DefaultJudge = "client";

    public async Task HandleAsync(HttpContext context)
    {
        using var body = await RequestBody.ReadAsync(context);
        var root = new RequestField(body.RootElement, "");
        var id = Text(root, "id", IdCharsMax) ?? throw root.Refuse("'id' is missing: name an answer.");
        var kind = root.Get("outcome")?.Text() switch
        {
            "succeeded" => OutcomeKind.Succeeded,
            "failed" => OutcomeKind.Failed,
            _ => throw new RequestField(body.RootElement, "outcome").Refuse("succeeded or failed is expected here."),
        };
        var judge = Text(root, "judge", JudgeCharsMax) ?? DefaultJudge;
        var note = Text(root, "note", NoteCharsMax);
        if (recorder is null)
        {
            await NotFoundAsync(context, "This server records no conversations: start it with --record DIR.");
        }
        else if (recorder.Tell(id, kind, judge, note) is { } told)
        {
            await context.Response.WriteAsJsonAsync(
                new
                {
                    @object = "outcome",
                    id,
                    conversation = told.Conversation,
                    outcome = kind == OutcomeKind.Succeeded ? "succeeded" : "failed",
                    judge = told.Judge,
                    told = told.Told,
                },
                ChatAnswer.Json,
                context.RequestAborted
            );
        }
        else
        {
            await NotFoundAsync(context, $"No answer '{id}' is recorded here.");
        }
    }

    private static string? Text(RequestField root, string name, int charsMax) =>
        root.Get(name) is not { } field ? null
        : field.Text() is { Length: > 0 } text && text.Length <= charsMax ? text
        : throw field.Refuse($"A text of 1 to {charsMax} characters is expected here.");

    private static Task NotFoundAsync(HttpContext context, string reason) =>
        ApiError.Of(StatusCodes.Status404NotFound, reason, "not_found", "id").WriteAsync(context);
}
