global using Distiller.Core;
global using Distiller.Terminal;
global using Distiller.Tests.Support;
global using Microsoft.Extensions.Time.Testing;
global using NUnit.Framework;
global using Shouldly;
