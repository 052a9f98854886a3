// A Modbus server of npm's modbus-serial, as a slave for the tests: node server.js tcp PORT VALUES.json, or rtu DESCRIPTOR VALUES.json
// VALUES: {"UNIT": {"coil": {"0": true}, "discrete": {…}, "holding": {"5": 1234}, "input": {…}}}; what is not in it is refused (02).
"use strict";
const { ServerSerial, ServerTCP } = require("modbus-serial");
const [way, where, file] = process.argv.slice(2);
const values = JSON.parse(require("fs").readFileSync(file, "utf8"));

function table(name) {
	return function (address, unit, done) {
		const found = ((values[unit] || {})[name] || {})[address];
		if (found === undefined)
			done({ modbusErrorCode: 2 });
		else
			done(null, found);
	};
}

const vector = { getCoil: table("coil"), getDiscreteInput: table("discrete"), getHoldingRegister: table("holding"), getInputRegister: table("input") };
const server = way === "rtu" ? new ServerSerial(vector, { path: where, unitID: 1, interval: 10 })
	: new ServerTCP(vector, { host: "127.0.0.1", port: Number(where), debug: false, unitID: 255 });
server.on("initialized", () => console.log("ready"));
server.on("serverError", (e) => { console.error(String(e)); process.exit(1); });
