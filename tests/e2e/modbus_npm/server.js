// A Modbus TCP server of npm's modbus-serial, as a slave for the tests: node server.js PORT VALUES.json
// VALUES: {"UNIT": {"coil": {"0": true}, "discrete": {…}, "holding": {"5": 1234}, "input": {…}}}; what is not in it is refused (02).
"use strict";
const { ServerTCP } = require("modbus-serial");
const values = JSON.parse(require("fs").readFileSync(process.argv[3], "utf8"));

function table(name) {
	return function (address, unit, done) {
		const found = ((values[unit] || {})[name] || {})[address];
		if (found === undefined)
			done({ modbusErrorCode: 2 });
		else
			done(null, found);
	};
}

const server = new ServerTCP({ getCoil: table("coil"), getDiscreteInput: table("discrete"), getHoldingRegister: table("holding"),
	getInputRegister: table("input") }, { host: "127.0.0.1", port: Number(process.argv[2]), debug: false, unitID: 255 });
server.on("initialized", () => console.log("ready"));
server.on("serverError", (e) => { console.error(String(e)); process.exit(1); });
