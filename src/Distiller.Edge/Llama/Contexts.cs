using Distiller.Core;
using LLama.Exceptions;
using LLama.Native;

namespace Distiller.Edge.Llama;

/// <summary>Opens contexts of a model.</summary>
internal static class Contexts
{
    /// <param name="what">What is opened, for the error: <c>a context of 512 tokens</c>.</param>
    public static SafeLLamaContextHandle Create(
        EdgeModel model,
        LLamaContextParams parameters,
        string what,
        string remedy
    )
    {
        LlamaLog.Clear();
        try
        {
            var context = model.Handle.CreateContext(parameters);
            if (!context.IsInvalid)
            {
                return context;
            }

            context.Dispose();
        }
        catch (RuntimeError)
        {
            // Its text says no more than that; the log has the reason.
        }

        throw new BadInputException(
            new SourceLocation(model.Path, 0),
            $"llama.cpp cannot open {what}: {LlamaLog.Errors()}.",
            remedy
        );
    }
}
