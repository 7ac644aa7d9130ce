using Distiller.Core;
using Distiller.EdgeCli;

PrivateFiles.Begin();
return await new CommandRunner(EdgeCommandLine.Build(), "distiller-edge", "distiller-edge").RunAsync(args);
